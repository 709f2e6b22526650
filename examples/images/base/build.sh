#!/bin/sh
# The distribution's root, without what a history of images has no use for.
set -eu
/bin/sh /scripts/clean.sh
echo 'example.com base 12' > /etc/base-release
