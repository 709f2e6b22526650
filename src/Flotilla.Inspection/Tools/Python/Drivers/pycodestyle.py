import pycodestyle
# What a user has at home for all projects says nothing of this one.
pycodestyle.USER_CONFIG = None
try:
    import pep8ext_naming
    pycodestyle.register_check(pep8ext_naming.NamingChecker, ["N8"])
except ImportError:
    pass
options = json.loads(sys.argv[1])
class Report(pycodestyle.BaseReport):
    def error(self, line, offset, message, check):
        code = message[:4]
        if not self._ignore_code(code):
            say(path=self.filename, line=line, column=offset + 1, code=code, message=message[5:])
            return code
        return None
style = pycodestyle.StyleGuide(reporter=Report, **options)
for path in files():
    style.input_file(path)
