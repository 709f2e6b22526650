from dodgy.checks import check_file_contents
for path in files():
    try:
        with open(path, encoding="utf-8", errors="replace") as source:
            for line, code, message in check_file_contents(source.read()):
                say(path=path, line=line, code=code, message=message)
    except OSError as error:
        say(path=path, code="unreadable", message=str(error))
