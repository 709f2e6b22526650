import sys
# The folder of the inspected project must not lend its modules to the analyser.
sys.path[:] = [entry for entry in sys.path if entry]
import io, json, os, tokenize
def files():
    return [name for name in sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\0") if name]
def say(**finding):
    print(json.dumps(finding))
def text(path):
    with tokenize.open(path) as source:
        return source.read()
