#!/bin/sh
test -x /usr/local/bin/compile
