#!/bin/sh
# Stands for the compilers that later images build with.
set -eu
mkdir -p "$PREFIX/bin"
cat > "$PREFIX/bin/compile" <<'PROGRAM'
#!/bin/sh
# compile SOURCE PROGRAM: a program that prints its source
{ echo '#!/bin/sh'; echo "cat <<'END'"; cat "$1"; echo END; } > "$2"
chmod 755 "$2"
PROGRAM
chmod 755 "$PREFIX/bin/compile"
/bin/sh /scripts/clean.sh
