#!/usr/bin/env bash
# Does what the Dockerfile does, without containers, and tries the result the way a container runs it:
# the locked dependencies by their hashes, the wheel without its sources, code that cannot be written, an empty
# working folder, a user without rights (when this is started as root), only the home and /tmp writable.
#
#   deploy/check_image.sh [PYTHON]     PYTHON is the interpreter to build with (default: python3)
set -euo pipefail

source_folder=$(cd "$(dirname "$0")/.." && pwd)
python=${1:-python3}
work=$(mktemp -d "${TMPDIR:-/tmp}/hubsearch-image.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export PIP_DISABLE_PIP_VERSION_CHECK=1

"$python" -m venv "$work/build"
"$work/build/bin/pip" install --quiet --require-hashes --only-binary :all: -r "$source_folder/requirements-build.txt"
"$work/build/bin/pip" wheel --quiet --no-deps --no-build-isolation --wheel-dir "$work/wheel" "$source_folder"

"$python" -m venv "$work/hubsearch"
"$work/hubsearch/bin/pip" install --quiet --require-hashes --only-binary :all: -r "$source_folder/requirements.txt"
"$work/hubsearch/bin/pip" install --quiet --no-deps --no-index "$work"/wheel/*.whl
chmod -R a+rX,a-w "$work/hubsearch"
chmod a+rx "$work"

mkdir "$work/empty" "$work/home" "$work/tmp"
run=(env -i "PATH=$work/hubsearch/bin:/usr/bin:/bin" "HUBSEARCH_HOME=$work/home" "HOME=$work/tmp"
  "TMPDIR=$work/tmp" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1)
if [ "$(id -u)" = 0 ]; then
  chown 10001:10001 "$work/home" "$work/tmp"
  run=(setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all "${run[@]}")
fi

cd "$work/empty"
"${run[@]}" hubsearch --version
"${run[@]}" hubsearch demo --no-serve
"${run[@]}" hubsearch search hospital --limit 1
"${run[@]}" hubsearch doctor
test -z "$(ls -A "$work/empty")" || { echo "something was written into the working folder" >&2; exit 1; }
echo "The image's contents work: $(du -sm "$work/hubsearch" | cut -f1) MB, nothing written beside the home."
