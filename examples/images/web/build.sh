#!/bin/sh
set -eu
mkdir -p /opt/web/bin
/usr/local/bin/compile /source/page.txt /opt/web/bin/web
echo 'web:x:1001:1001::/opt/web:/bin/sh' >> /etc/passwd
echo 'web:x:1001:' >> /etc/group
chown -R 1001:1001 /opt/web
/bin/sh /scripts/clean.sh
