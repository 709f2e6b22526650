from pyflakes.api import check
class Reporter:
    def unexpectedError(self, path, message):
        say(path=path, code="UnexpectedError", message=str(message))
    def syntaxError(self, path, message, line, column, source):
        say(path=path, line=line or 1, column=max(1, column or 1), code="SyntaxError", message=message)
    def flake(self, message):
        say(path=message.filename, line=message.lineno, column=message.col + 1, code=type(message).__name__, message=message.message % message.message_args)
for path in files():
    try:
        with open(path, "rb") as source:
            check(source.read(), path, Reporter())
    except (OSError, RecursionError) as error:
        say(path=path, code="UnexpectedError", message=str(error))
