#!/bin/sh
set -eu
mkdir -p /opt/ledger
printf '#!/bin/sh\necho "$1" >> /opt/ledger/lines\ncat /opt/ledger/lines\n' > /opt/ledger/add
chmod 755 /opt/ledger/add
/bin/sh /scripts/clean.sh
