import sys
sys.path[:] = [entry for entry in sys.path if entry]
import gc, os, pickle
from pylint import run_pylint
from pylint.lint import PyLinter
# Thousands of trees that live to the end are what Python's collector of cycles looks through again and again.
gc.set_threshold(200000, 50, 1000)
processes = int(sys.argv.pop(1))
FATAL = 1
# From version 2.16 on, pylint reads all files before it looks at the first. What has been read is shared by processes that each look at some of them.
look_at = getattr(PyLinter, "_lint_files", None)
def look_until_crash(linter, files, check):
    # A checker that crashed keeps what it knew of its file, and would say of the next what is true of that one.
    done, said = 0, len(linter.reporter.messages)
    linter.msg_status = 0
    for file, module in files:
        look_at(linter, {file: module}, check)
        done += 1
        if linter.msg_status & FATAL:
            break
    return done, linter.msg_status, linter.reporter.messages[said:]
def start(linter, files, check):
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading, files
    status = 1
    try:
        os.close(reading)
        answer = look_until_crash(linter, files, check)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(answer, pipe)
        status = 0
    finally:
        os._exit(status)
def side_by_side(linter, asts, check):
    shares = [[] for _ in range(max(1, min(processes, len(asts) // 4)))]
    lines = lambda module: module.tolineno or 0 if module else 0
    loads = [0] * len(shares)
    for file, module in sorted(asts.items(), key=lambda item: (-lines(item[1]), item[0].filepath)):
        least = loads.index(min(loads))
        loads[least] += lines(module)
        shares[least].append((file, module))
    gc.freeze()
    running = [start(linter, share, check) for share in shares if share]
    while running:
        child, reading, files = running.pop(0)
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
        status = os.waitpid(child, 0)[1]
        if status:
            how = f"died of signal {status & 127}" if status & 127 else f"ended with {status >> 8}"
            raise RuntimeError(f"the process that looked at {files[0][0].filepath} and {len(files) - 1} more {how}")
        done, found, messages = pickle.loads(answer)
        linter.msg_status |= found
        linter.reporter.messages.extend(messages)
        if done < len(files):
            running.append(start(linter, files[done:], check))
if look_at and hasattr(os, "fork"):
    PyLinter._lint_files = side_by_side
run_pylint()
