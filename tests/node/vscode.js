// What of the VS Code extension can be tried without VS Code. Usage: node vscode.js ASYNCLINT SOURCE_DIR INSTALLED REPORT
// INSTALLED is the unpacked .vsix; REPORT what asynclint prints of the working directory's project.
'use strict';
const assert = require('assert/strict');
const fs = require('fs');
const Module = require('module');
const path = require('path');

const [program, source, installed, report] = process.argv.slice(2);
const extension = path.join(installed, 'extension');
const manifest = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8'));

// Everything is in it, at the version of asynclint, and nothing of the packaging tools.
const version = /project\(asynclint VERSION ([\d.]+)/.exec(fs.readFileSync(path.join(source, 'CMakeLists.txt'), 'utf8'))[1];
assert.equal(manifest.version, version);
for (const file of [manifest.main, 'README.md', 'LICENSE.txt', manifest.contributes.jsonValidation[0].url, 'node_modules/vscode-languageclient/node.js'])
  assert.ok(fs.existsSync(path.join(extension, file)), `${file} is not in the .vsix`);
assert.ok(!fs.existsSync(path.join(extension, 'node_modules/@vscode')), 'vsce is in the .vsix');
assert.match(fs.readFileSync(path.join(installed, 'extension.vsixmanifest'), 'utf8'), /Id="asynclint" Version="[\d.]+" Publisher="asynclint"/);

// The problem matcher reads each line of the report as VS Code would.
const { pattern } = manifest.contributes.problemMatchers[0];
const pasted = [...fs.readFileSync(path.join(source, 'docs/editors.md'), 'utf8').matchAll(/```json\n(.*?)```/gs)].map((block) => JSON.parse(block[1]));
assert.deepEqual(pasted.find((block) => block.pattern).pattern, pattern, 'docs/editors.md shows another problem matcher');
assert.equal(pasted.find((block) => block.tasks).tasks[0].problemMatcher, `$${manifest.contributes.problemMatchers[0].name}`);
const regexp = new RegExp(pattern.regexp);
const problems = fs.readFileSync(report, 'utf8').trimEnd().split('\n').map((line) => {
  const match = regexp.exec(line);
  assert.ok(match, line);
  return ['file', 'line', 'column', 'severity', 'message', 'code'].map((part) => match[pattern[part]]);
});
assert.deepEqual(problems[0], ['loop.c', '8', '6', 'warning', "'getaddrinfo' waits for a name server on the event loop of libuv", 'blocking-in-async']);
assert.deepEqual(problems[1].filter((_, i) => i !== 2 && i !== 4), ['loop.c', '14', 'note', undefined]);
assert.equal(problems.length, 2);

// The extension, with stand-ins for VS Code and for the client library, which needs one: what it starts is the server, and it answers.
const settings = { path: program, arguments: ['--no-cache'] };
const commands = {};
const disposable = { dispose() {} };
const started = [];
const stubs = {
  vscode: {
    workspace: { getConfiguration: () => ({ get: (key) => settings[key] }), onDidChangeConfiguration: () => disposable },
    commands: { registerCommand(name, act) { commands[name] = act; return disposable; } },
  },
  'vscode-languageclient/node': {
    LanguageClient: class {
      constructor(id, name, server, options) { started.push({ server, options }); }
      async start() {}
      async stop() { started.pop(); }
    },
  },
};
const load = Module._load;
Module._load = (name, ...rest) => stubs[name] || load(name, ...rest);
const { activate, deactivate } = require(path.join(extension, manifest.main));

async function main() {
  const context = { subscriptions: [] };
  await activate(context);
  assert.deepEqual(Object.keys(commands), manifest.contributes.commands.map((command) => command.command));
  assert.equal(context.subscriptions.length, 2);
  assert.deepEqual(started[0].options.documentSelector, [{ scheme: 'file', language: 'c' }]);
  await commands['asynclint.restart']();
  assert.equal(started.length, 1);
  const { command, args } = started[0].server;
  assert.deepEqual([command, args[0]], [program, 'lsp']);
  const { Session } = require('./session.js');
  const session = new Session(command, process.cwd(), { arguments: args.slice(1) });
  await session.initialize();
  session.open('loop.c');
  const found = await session.diagnostics('loop.c', (diagnostics) => diagnostics.length > 0);
  assert.equal(found[0].code, 'blocking-in-async');
  await session.end();
  await deactivate();
  assert.equal(started.length, 0);
  console.log('passed');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
