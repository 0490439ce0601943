#!/usr/bin/env bash
# Everything that must hold before a change lands; CI runs this same script.
set -euo pipefail
cd "$(dirname "$0")"

dotnet tool restore
dotnet csharpier check .
dotnet build --nologo
dotnet test --no-build "$@"
