// Writes workflow commands with GitHub's own library: what report_github.c writes must be the same bytes.
// Standard input: [["warning", "message", {"title": ..., "file": ..., "startLine": ...}], ...]
const core = require('@actions/core');
const fs = require('fs');

for (const [level, message, properties] of JSON.parse(fs.readFileSync(0, 'utf8'))) {
  core[level](message, properties);
}
