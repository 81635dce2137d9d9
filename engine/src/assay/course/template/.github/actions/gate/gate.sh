# Grades the files in FOLDER as data, for GitHub's action and for GitLab's job. action.yml says what its variables are.
set -eo pipefail

if [ -z "$ASSAY_SEED" ]; then
  echo "assay: set ASSAY_SEED to the number in .assay/seed"
  exit 2
fi
private=$(mktemp -d) # the report has the seed and hidden checks
trap 'rm -rf "$private"' EXIT
code=0
assay grade "$FOLDER" --course "$COURSE" --student "$STUDENT" --assignment "$ASSIGNMENT" \
  --fail-under "$AT_LEAST" --json "$private/report.json" > /dev/null 2> "$private/errors" || code=$?
if [ "$code" -le 1 ] && [ -e "$private/report.json" ]; then
  {
    if [ -n "$GITHUB_STEP_SUMMARY" ]; then
      assay export github-summary --report "$private/report.json" >> "$GITHUB_STEP_SUMMARY" &&
      assay export github-annotations --report "$private/report.json" --root "$FOLDER"
    else # GitLab has no annotations
      assay export github-summary --report "$private/report.json"
    fi &&
    assay export "$FORMAT" --report "$private/report.json" --root "$FOLDER" --output "$RESULT"
  } 2>> "$private/errors" || code=3
elif [ "$code" -le 1 ]; then
  code=3 # a traceback ends with 1
fi
# A traceback is not for students, and a refused seed may be nearly the right one.
sed -n -e "s/^Error: Invalid value for '--seed'.*/assay: ASSAY_SEED is not a whole number from 0 to 2^128 - 1/" \
  -e "s/^Error: Invalid value for '--fail-under'.*/assay: AT_LEAST (at-least) is not a percentage from 0 to 100/" \
  -e 's/^Error: Invalid value for /assay: Invalid value for /' \
  -e '/^assay: /p' "$private/errors"
if [ "$code" -gt 1 ]; then
  echo "there is no result: assay grade in the course's folder says why"
fi
exit "$code"
