#!/usr/bin/env bash
# Runs a command with a MongoDB for its tests:
#
#   tests/DocumentDb/with-engine.sh dotnet test --project tests/Functions
#
# A server of your own in DEVFLOW_TEST_MONGODB is left as it is. Else a DocumentDB engine is started and stopped
# (engine.sh). Where that cannot be, the command runs all the same, the tests that need it are skipped, and the reason is
# said in a line that begins with "MongoDB tests are skipped".
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)

if [ -n "${DEVFLOW_TEST_MONGODB:-}" ] || [ -n "${DEVFLOW_TEST_DOCUMENTDB:-}" ]; then
  exec "$@"
fi

why=$(mktemp)
if started=$("$here/engine.sh" start 2>"$why"); then
  folder=${started%% *}
  export DEVFLOW_TEST_DOCUMENTDB=${started#* }
  trap '"$here/engine.sh" stop "$folder"; rm -f "$why"' EXIT
  # A signal ends the command, which has it too; the trap above runs when it has ended.
  trap : INT TERM
else
  echo "MongoDB tests are skipped: $(tail -n 1 "$why")" >&2
  rm -f "$why"
fi

"$@"
