import ast, warnings, mccabe
warnings.simplefilter("ignore")
limit = int(sys.argv[1])
for path in files():
    try:
        tree = ast.parse(text(path), path)
    except (SyntaxError, ValueError, UnicodeError, OSError, RecursionError) as error:
        say(path=path, line=getattr(error, "lineno", None) or 1, code="MC0000", message="Could not parse file: %s" % error)
        continue
    visitor = mccabe.PathGraphingAstVisitor()
    visitor.preorder(tree, visitor)
    for graph in visitor.graphs.values():
        if graph.complexity() > limit:
            say(path=path, line=graph.lineno, column=graph.column + 1, code="MC0001", function=graph.entity,
                message="%s is too complex (%d)" % (graph.entity, graph.complexity()))
