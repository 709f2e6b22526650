#!/bin/sh
set -eu
test "$(id -u)" = 1001
/opt/web/bin/web | grep -q shop
