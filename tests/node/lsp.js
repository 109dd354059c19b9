// The language server as a client of the protocol sees it. Usage: node lsp.js ASYNCLINT SOURCE_DIR [NAME]
'use strict';
const assert = require('assert/strict');
const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { fileURLToPath, pathToFileURL } = require('url');
const { Session, CAPABILITIES, lsp, rpc } = require('./session.js');

const [program, source, only] = process.argv.slice(2);
const none = (diagnostics) => diagnostics.length === 0;
const some = (diagnostics) => diagnostics.length > 0;
const codes = (diagnostics) => diagnostics.map((diagnostic) => diagnostic.code);
const without = (object, ...keys) => Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

let work;

function folder(name) {
  const made = path.join(work, name);
  fs.mkdirSync(made, { recursive: true });
  return made;
}

function write(directory, files) {
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(directory, name), text);
  const units = Object.keys(files).filter((name) => name.endsWith('.c'));
  fs.writeFileSync(path.join(directory, 'compile_commands.json'), JSON.stringify(units.map((file) => (
    { directory, file, arguments: ['cc', '-std=gnu17', `-I${source}/fixtures/include`, '-c', file] }))));
  return directory;
}

// The fixture that README shows: resolve.c blocks, called by a callback in main.c through forecast.c.
function weather(name) {
  const files = {};
  for (const file of ['main.c', 'forecast.c', 'resolve.c', 'weather.h'])
    files[file] = fs.readFileSync(path.join(source, 'fixtures/weather', file), 'utf8');
  return write(folder(name), files);
}

const LOOP = `#include <netdb.h>
#include <uv.h>

static void on_refresh(uv_timer_t *timer)
{
\tstruct addrinfo *addresses;

\tif (getaddrinfo("mirror.example.org", "https", NULL, &addresses) == 0)
\t\ttimer->data = addresses;
}

int watch(uv_timer_t *timer)
{
\treturn uv_timer_start(timer, on_refresh, 0, 60000);
}
`;

// Applies the edits of a workspace edit to a text of one file, the last one first.
function apply(text, edits) {
  const document = lsp.TextDocument ? lsp.TextDocument.create('x', 'c', 0, text) : null;
  const offset = (position) => document ? document.offsetAt(position)
    : text.split('\n').slice(0, position.line).join('\n').length + (position.line ? 1 : 0) + position.character;
  for (const edit of [...edits].sort((a, b) => offset(b.range.start) - offset(a.range.start)))
    text = text.slice(0, offset(edit.range.start)) + edit.newText + text.slice(offset(edit.range.end));
  return text;
}

// Processes whose parent is `pid`.
function children(pid) {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((child) => {
    try {
      return Number(fs.readFileSync(`/proc/${child}/stat`, 'utf8').replace(/^.*\) . /s, '').split(' ')[0]) === pid;
    } catch { return false; } // it has ended meanwhile
  });
}

async function started(name, files, capabilities, options) {
  const session = new Session(program, files ? write(folder(name), files) : weather(name), options);
  session.result = await session.initialize(capabilities);
  return session;
}

const tests = {
  async 'lifecycle: what is offered, errors before and after, exit statuses'() {
    const session = new Session(program, weather('life'));
    await assert.rejects(session.request('textDocument/hover', 'main.c'), { code: -32002 });
    const { capabilities, serverInfo } = await session.initialize();
    assert.equal(capabilities.positionEncoding, 'utf-16');
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2, save: true });
    assert.equal(capabilities.hoverProvider, true);
    assert.deepEqual(capabilities.codeActionProvider, { codeActionKinds: ['quickfix'] });
    assert.deepEqual(capabilities.executeCommandProvider.commands, ['asynclint.explain']);
    assert.equal(serverInfo.name, 'asynclint');
    await assert.rejects(session.connection.sendRequest('initialize', {}), { code: -32600 });
    await assert.rejects(session.connection.sendRequest('textDocument/nonsense', {}), { code: -32601 });
    await session.connection.sendNotification('$/nonsense', {});
    const watched = await session.wait('client/registerCapability');
    assert.equal(watched.registrations[0].method, 'workspace/didChangeWatchedFiles');
    assert.equal(await session.connection.sendRequest('shutdown'), null);
    await assert.rejects(session.request('textDocument/hover', 'main.c'), { code: -32600 });
    await session.connection.sendNotification('exit');
    assert.deepEqual(await session.close(), { code: 0, signal: null });

    const hasty = await started('life2');
    await hasty.connection.sendNotification('exit');
    assert.equal((await hasty.close()).code, 1);
    const cut = await started('life3');
    cut.child.stdin.end();
    assert.equal((await cut.close()).code, 1);
  },

  async 'the server ends with the client\'s process'() {
    const client = spawn('cat');
    const session = new Session(program, weather('orphan'));
    await session.initialize(CAPABILITIES, { processId: client.pid });
    client.kill('SIGKILL');
    assert.equal((await session.close()).code, 1);
  },

  async 'a path through three files: diagnostics, related information, the rule\'s document'() {
    const session = await started('path');
    session.open('resolve.c');
    const [found] = await session.diagnostics('resolve.c', some);
    assert.deepEqual(without(found, 'relatedInformation', 'codeDescription'), {
      range: { start: { line: 9, character: 5 }, end: { line: 9, character: found.range.end.character } },
      severity: lsp.DiagnosticSeverity.Warning, code: 'blocking-in-async', source: 'asynclint',
      message: "'getaddrinfo' waits for a name server on the event loop of libuv",
    });
    assert.ok(found.range.end.character > 5);
    assert.deepEqual(found.relatedInformation.map((step) => [path.basename(step.location.uri), step.location.range.start.line, step.message]), [
      ['main.c', 17, "'on_timer' is registered by 'uv_timer_start' to run on the event loop of libuv"],
      ['main.c', 4, "'on_timer' calls 'refresh'"],
      ['forecast.c', 44, "'refresh' calls 'resolve'"],
    ]);
    assert.equal(fileURLToPath(found.codeDescription.href), fs.realpathSync(path.join(source, 'rules/blocking-in-async.md')));
    const end = await session.wait('$/progress', (params) => params.value.kind === 'end');
    const told = session.seen.filter((message) => message.method === '$/progress');
    assert.equal(told[0].params.value.kind, 'begin');
    assert.ok(told.every((message) => message.params.token === end.token));
    assert.equal((await session.wait('window/workDoneProgress/create')).token, end.token);
    assert.ok(!session.seen.some((message) => message.method === 'textDocument/publishDiagnostics' &&
      message.params.uri !== session.uri('resolve.c')), 'only open files have diagnostics');
    assert.equal((await session.end()).code, 0);
  },

  async 'an edit in one file, not saved, mends another; incremental changes; version'() {
    const session = await started('edit');
    session.open('resolve.c');
    session.open('main.c');
    await session.diagnostics('resolve.c', some);
    await session.diagnostics('main.c', none);
    let mark = session.mark();
    session.change('main.c', 2, [
      { range: { start: { line: 4, character: 1 }, end: { line: 4, character: 21 } }, text: '(void)timer' },
      { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '// a line more\n' },
    ]);
    assert.deepEqual(await session.diagnostics('resolve.c', none, mark), []);
    await session.diagnostics('main.c', none, mark, 2);
    mark = session.mark();
    session.change('main.c', 3, [{ range: { start: { line: 5, character: 1 }, end: { line: 5, character: 12 } }, text: 'refresh(timer->data)' }]);
    const [found] = await session.diagnostics('resolve.c', some, mark);
    assert.deepEqual(found.relatedInformation.map((step) => step.location.range.start.line), [18, 5, 44]);
    // Closed without saving, the file on the disk counts again.
    mark = session.mark();
    session.notify('textDocument/didClose', 'main.c');
    assert.deepEqual(await session.diagnostics('main.c', none, mark), []);
    const [again] = await session.diagnostics('resolve.c', some, mark);
    assert.deepEqual(again.relatedInformation.map((step) => step.location.range.start.line), [17, 4, 44]);
    await session.end();
  },

  async 'a text that does not parse: the last findings stay, where their lines are now, and it is said'() {
    const session = await started('broken', { 'loop.c': LOOP });
    session.open('loop.c');
    await session.diagnostics('loop.c', some);
    let mark = session.mark();
    session.change('loop.c', 2, LOOP.replace('static void', 'int x = ;\nstatic void'));
    const found = await session.diagnostics('loop.c', (list) => codes(list).includes('degraded'), mark, 2);
    const [finding] = found.filter((one) => one.code === 'blocking-in-async');
    assert.equal(finding.range.start.line, 8);
    const [degraded] = found.filter((one) => one.code === 'degraded');
    assert.equal(degraded.severity, lsp.DiagnosticSeverity.Information);
    assert.equal(degraded.range.start.line, 3);
    assert.match(degraded.message, /findings are those of the text before.*expected expression/);
    mark = session.mark();
    session.change('loop.c', 3, LOOP.replace('getaddrinfo(', 'getaddrinfo2('));
    await session.diagnostics('loop.c', (list) => !codes(list).includes('degraded'), mark, 3);
    mark = session.mark();
    session.change('loop.c', 4, LOOP);
    assert.deepEqual(codes(await session.diagnostics('loop.c', some, mark, 4)), ['blocking-in-async']);
    // Broken from the beginning: what can be seen is shown.
    session.open('loop.c', LOOP + 'int y = ;\n');
    const first = await session.diagnostics('loop.c', (list) => codes(list).includes('degraded'), session.mark());
    assert.ok(codes(first).includes('blocking-in-async'));
    await session.end();
  },

  async 'code actions: the suppression is applied, and nothing is left; the document is shown'() {
    const session = await started('actions', { 'loop.c': LOOP });
    const text = session.open('loop.c');
    const [found] = await session.diagnostics('loop.c', some);
    const actions = await session.request('textDocument/codeAction', 'loop.c', { range: found.range, context: { diagnostics: [found] } });
    assert.deepEqual(actions.map((action) => [action.title, action.kind]), [
      ['Allow blocking-in-async here, with a reason', 'quickfix'], ['Explain blocking-in-async', 'quickfix']]);
    const [change] = actions[0].edit.documentChanges;
    assert.deepEqual(change.textDocument, { uri: session.uri('loop.c'), version: 1 });
    const suppressed = apply(text, change.edits);
    assert.equal(suppressed.split('\n')[7], '\t/* asynclint: allow blocking-in-async: say here why this is meant */');
    assert.equal(suppressed.split('\n').filter((_, i) => i !== 7).join('\n'), text);
    let mark = session.mark();
    session.change('loop.c', 2, suppressed);
    await session.diagnostics('loop.c', none, mark, 2);
    assert.deepEqual(await session.request('textDocument/codeAction', 'loop.c', { range: found.range, context: { diagnostics: [] } }), []);

    mark = session.mark();
    await session.connection.sendRequest('workspace/executeCommand', actions[1].command);
    const shown = await session.wait('window/showDocument', () => true, mark);
    assert.equal(shown.uri, found.codeDescription.href);
    await assert.rejects(session.connection.sendRequest('workspace/executeCommand', { command: 'asynclint.explain', arguments: ['../secret'] }), { code: -32602 });
    await assert.rejects(session.connection.sendRequest('workspace/executeCommand', { command: 'rm' }), { code: -32602 });

    // Elsewhere, or of another kind, nothing is offered.
    session.change('loop.c', 3, text);
    await session.diagnostics('loop.c', some, mark, 3);
    const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    assert.deepEqual(await session.request('textDocument/codeAction', 'loop.c', { range: top, context: { diagnostics: [] } }), []);
    assert.deepEqual(await session.request('textDocument/codeAction', 'loop.c', { range: found.range, context: { diagnostics: [], only: ['refactor'] } }), []);
    await session.end();
  },

  async 'a client that can do nothing of it: the path is in the message, edits are plain, a command explains'() {
    const plain = { textDocument: { codeAction: {} } };
    const session = await started('plain', { 'loop.c': LOOP }, plain);
    session.open('loop.c');
    const [found] = await session.diagnostics('loop.c', some);
    assert.deepEqual(Object.keys(found).sort(), ['code', 'message', 'range', 'severity', 'source']);
    assert.match(found.message, /waits for a name server.*\nloop\.c:14: 'on_refresh' is registered/);
    const actions = await session.request('textDocument/codeAction', 'loop.c', { range: found.range, context: { diagnostics: [] } });
    assert.deepEqual(actions, [{ title: 'Explain blocking-in-async', command: 'asynclint.explain', arguments: ['blocking-in-async'] }]);
    const mark = session.mark();
    await session.connection.sendRequest('workspace/executeCommand', actions[0]);
    assert.match((await session.wait('window/showMessage', () => true, mark)).message, /^file:.*blocking-in-async\.md$/);
    const hover = await session.request('textDocument/hover', 'loop.c', { position: { line: 3, character: 14 } });
    assert.equal(hover.contents.kind, 'plaintext');
    assert.match(hover.contents.value, /^'on_refresh' \(loop\.c:4:13\)\n {2}runs: on-loop/);
    assert.ok(!session.seen.some((message) => ['$/progress', 'client/registerCapability'].includes(message.method)));
    await session.end();

    const literal = { textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } } } };
    const other = await started('plain2', { 'loop.c': LOOP }, literal);
    const text = other.open('loop.c');
    const [one] = await other.diagnostics('loop.c', some);
    const [allow] = await other.request('textDocument/codeAction', 'loop.c', { range: one.range, context: { diagnostics: [] } });
    assert.match(apply(text, allow.edit.changes[other.uri('loop.c')]), /^\t\/\* asynclint: allow/m);
    await other.end();
  },

  async 'hover: roles, effects and why, as Markdown; nothing elsewhere'() {
    const session = await started('hover');
    session.open('forecast.c');
    await session.wait('$/progress', (params) => params.value.kind === 'end');
    const hover = await session.request('textDocument/hover', 'forecast.c', { position: { line: 42, character: 7 } });
    assert.equal(hover.contents.kind, 'markdown');
    assert.deepEqual(hover.range, { start: { line: 42, character: 5 }, end: { line: 42, character: 12 } });
    assert.equal(hover.contents.value, [
      '`refresh` (forecast.c:43:6)', '',
      '- runs: on-loop, libuv',
      '  - called by `on_timer` (main.c:5:2)',
      '  - `on_timer` is given to uv\\_timer\\_start (main.c:18:2)',
      '- blocks (dns) if `weather::station` is not null',
      '  - calls `resolve` (forecast.c:45:6)',
      '  - `getaddrinfo` waits for a name server (resolve.c:10:6)', ''].join('\n'));
    assert.equal(await session.request('textDocument/hover', 'forecast.c', { position: { line: 1, character: 0 } }), null);
    assert.equal(await session.request('textDocument/hover', 'forecast.c', { position: { line: 999, character: 9 } }), null);
    assert.equal(await session.request('textDocument/hover', 'main.c', { position: { line: 2, character: 14 } }), null);
    await session.end();
  },

  async 'cancellation: a request that is taken back is answered so; the next one is answered well'() {
    const session = await started('cancel');
    session.open('forecast.c');
    // The analysis cannot have begun: the unit is not parsed.
    const token = new rpc.CancellationTokenSource();
    const position = { position: { line: 42, character: 7 } };
    const cancelled = session.request('textDocument/hover', 'forecast.c', position, token.token);
    const kept = session.request('textDocument/hover', 'forecast.c', position);
    token.cancel();
    await assert.rejects(cancelled, { code: -32800 });
    assert.match((await kept).contents.value, /^`refresh`/);
    // An edit ends the analysis under way; what was asked is answered by the next one.
    const asked = session.request('textDocument/hover', 'forecast.c', position);
    session.change('forecast.c', 2, fs.readFileSync(path.join(session.folder, 'forecast.c'), 'utf8') + '\n');
    assert.match((await asked).contents.value, /^`refresh`/);
    await session.end();
  },

  async 'characters: UTF-16 units, or bytes where the client takes them'() {
    const line = '\tconst char *name = "grüße 🦀"; if (getaddrinfo(name, "https", NULL, &addresses) == 0)';
    const text = LOOP.replace(/^\tif \(getaddrinfo.*$/m, line);
    const utf16 = line.indexOf('getaddrinfo'), utf8 = Buffer.from(line.slice(0, utf16)).length;
    for (const [encoding, column] of [['utf-16', utf16], ['utf-8', utf8]]) {
      const capabilities = { ...CAPABILITIES, general: { positionEncodings: [encoding, 'utf-16'] } };
      const session = await started(`wide-${encoding}`, { 'loop.c': text }, capabilities);
      assert.equal(session.result.capabilities.positionEncoding, encoding);
      session.open('loop.c');
      const [found] = await session.diagnostics('loop.c', some);
      assert.equal(found.range.start.character, column);
      const hover = await session.request('textDocument/hover', 'loop.c', { position: { line: 7, character: column + 3 } });
      assert.deepEqual(hover.range, { start: { line: 7, character: column }, end: { line: 7, character: column + 11 } });
      // Beyond the crab, an edit by position: `getaddrinfo` becomes `nothing`.
      const mark = session.mark();
      session.change('loop.c', 2, [{ range: hover.range, text: 'nothing' }]);
      await session.diagnostics('loop.c', (list) => !codes(list).includes('blocking-in-async'), mark, 2);
      await session.end();
    }
  },

  async 'a header is seen through a unit that includes it'() {
    const header = '#include <netdb.h>\n#include <uv.h>\nstatic inline void look(void)\n{\n\tstruct addrinfo *found;\n\tgetaddrinfo("a", "b", NULL, &found);\n}\n';
    const session = await started('header', {
      'other.c': 'int other;\n', 'look.h': header,
      'use.c': '#include "look.h"\nstatic void on_timer(uv_timer_t *timer) { (void)timer; look(); }\nint go(uv_timer_t *t) { return uv_timer_start(t, on_timer, 0, 1); }\n',
    });
    session.open('look.h');
    const [found] = await session.diagnostics('look.h', some);
    assert.equal(found.range.start.line, 5);
    let mark = session.mark();
    session.change('look.h', 2, header.replace(/\tgetaddrinfo.*\n/, ''));
    assert.deepEqual(await session.diagnostics('look.h', none, mark, 2), []);
    mark = session.mark();
    session.change('look.h', 3, header.replace('{', '{\n'));
    assert.equal((await session.diagnostics('look.h', some, mark, 3))[0].range.start.line, 6);
    // A unit that is open sees the header's text too.
    session.open('use.c');
    await session.diagnostics('use.c', none, mark);
    mark = session.mark();
    session.change('look.h', 4, header);
    assert.equal((await session.diagnostics('look.h', some, mark, 4))[0].range.start.line, 5);
    await session.end();
  },

  async 'a parser that is killed is said once and started again; edits go on'() {
    const session = await started('crash', { 'loop.c': LOOP });
    session.open('loop.c');
    await session.diagnostics('loop.c', some);
    await session.wait('$/progress', (params) => params.value.kind === 'end');
    await session.request('textDocument/hover', 'loop.c', { position: { line: 3, character: 14 } });
    let mark = session.mark();
    const killed = children(session.child.pid); // the parser and the analysis
    assert.ok(killed.length >= 2);
    for (const child of killed) process.kill(child, 'SIGKILL');
    const said = await session.wait('window/logMessage', (params) => /loop\.c: the parser crashed \(signal 9\); it is started again/.test(params.message), mark);
    assert.equal(said.type, lsp.MessageType.Error);
    await session.wait('window/logMessage', (params) => /the analysis of .* ended early \(signal 9\)/.test(params.message), mark);
    assert.deepEqual(codes(await session.diagnostics('loop.c', some, mark)), ['blocking-in-async']);
    mark = session.mark();
    session.change('loop.c', 2, LOOP.replace(/getaddrinfo\(.*&addresses\)/, 'timer->data'));
    await session.diagnostics('loop.c', none, mark, 2);
    await session.end();
    assert.deepEqual(killed.filter((child) => fs.existsSync(`/proc/${child}`)), []);
  },

  async 'a parser that does not come to an end is given up, and started again by the next edit'() {
    const session = await started('stall', { 'loop.c': LOOP }, CAPABILITIES, { arguments: ['--unit-timeout', '10'] });
    session.open('loop.c');
    await session.diagnostics('loop.c', some);
    await session.wait('$/progress', (params) => params.value.kind === 'end');
    await session.request('textDocument/hover', 'loop.c', { position: { line: 3, character: 14 } });
    for (const child of children(session.child.pid)) process.kill(child, 'SIGSTOP');
    let mark = session.mark();
    session.change('loop.c', 2, LOOP + '\n');
    await session.wait('window/logMessage', (params) => /loop\.c: not done after 10 seconds \(--unit-timeout\)/.test(params.message), mark);
    assert.ok(codes(await session.diagnostics('loop.c', some, mark, 2)).includes('degraded'));
    mark = session.mark();
    session.change('loop.c', 3, LOOP + '\n\n');
    assert.deepEqual(codes(await session.diagnostics('loop.c', (list) => !codes(list).includes('degraded'), mark, 3)), ['blocking-in-async']);
    await session.end();
  },

  async 'saved and changed elsewhere: what other files say now is read again'() {
    const session = await started('watch');
    session.open('resolve.c');
    await session.diagnostics('resolve.c', some);
    await session.wait('$/progress', (params) => params.value.kind === 'end');
    // git checkout, as it were: main.c is not open.
    const main = path.join(session.folder, 'main.c'), text = fs.readFileSync(main, 'utf8');
    let mark = session.mark();
    fs.writeFileSync(main, text.replace('refresh(timer->data)', '(void)timer'));
    session.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: session.uri('main.c'), type: 2 }] });
    await session.diagnostics('resolve.c', none, mark);
    mark = session.mark();
    fs.writeFileSync(main, text);
    session.notify('textDocument/didSave', 'resolve.c');
    await session.diagnostics('resolve.c', some, mark);
    // Another database: only resolve.c is left, and nobody calls it on a loop.
    mark = session.mark();
    const database = path.join(session.folder, 'compile_commands.json');
    const units = JSON.parse(fs.readFileSync(database, 'utf8'));
    fs.writeFileSync(database, JSON.stringify(units.filter((unit) => unit.file === 'resolve.c')));
    session.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: session.uri('compile_commands.json'), type: 2 }] });
    await session.diagnostics('resolve.c', none, mark);
    await session.end();
  },

  async 'config, baseline and options hold as on the command line; a wrong config is said'() {
    const directory = weather('config');
    const baseline = path.join(directory, 'old.json'), config = path.join(directory, '.asynclint.json');
    spawnSync(program, ['-q', '--write-baseline', baseline], { cwd: directory });
    fs.writeFileSync(config, '{ "baseline": "old.json" }');
    const session = new Session(program, directory);
    await session.initialize();
    session.open('resolve.c');
    session.open('forecast.c');
    await session.wait('$/progress', (params) => params.value.kind === 'end');
    await session.diagnostics('resolve.c', none, session.mark());
    const changed = [{ uri: session.uri('.asynclint.json'), type: 2 }];
    let mark = session.mark();
    fs.writeFileSync(config, '{ "rules": ["-nested-loop"], "severity": { "block": "error" } }');
    session.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: changed });
    assert.equal((await session.diagnostics('resolve.c', some, mark))[0].severity, lsp.DiagnosticSeverity.Error);
    await session.diagnostics('forecast.c', none, mark);
    mark = session.mark();
    fs.writeFileSync(config, '{ "rule": [] }');
    session.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: changed });
    assert.match((await session.wait('window/showMessage', () => true, mark)).message, /\.asynclint\.json:1:\d+: .*'rule'/);
    await session.diagnostics('resolve.c', none, mark);
    await session.end();

    const narrow = await started('config2', null, CAPABILITIES, { arguments: ['--rules', '-block'] });
    narrow.open('forecast.c');
    narrow.open('resolve.c');
    await narrow.diagnostics('forecast.c', some);
    await narrow.wait('$/progress', (params) => params.value.kind === 'end');
    await narrow.diagnostics('resolve.c', none, narrow.mark());
    await narrow.end();
  },

  async 'no database is said once; one that is broken, with its place; a file in no unit is silent'() {
    const session = new Session(program, folder('bare'));
    await session.initialize();
    session.open('a.c', 'int a;\n');
    session.open('b.c', 'int b;\n');
    const said = await session.wait('window/showMessage');
    assert.equal(said.type, lsp.MessageType.Warning);
    assert.match(said.message, /no compile_commands\.json found/);
    assert.equal(await session.request('textDocument/hover', 'a.c', { position: { line: 0, character: 4 } }), null);
    assert.equal(session.seen.filter((message) => message.method === 'window/showMessage').length, 1);
    // As soon as there is one, it is taken.
    write(session.folder, { 'loop.c': LOOP });
    session.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: session.uri('compile_commands.json'), type: 1 }] });
    session.open('loop.c');
    await session.diagnostics('loop.c', some);
    session.open('c.c', 'int c;\n');
    await session.wait('window/logMessage', (params) => /c\.c' is not looked at: it has no command in/.test(params.message));
    await session.end();

    const broken = write(folder('torn'), { 'a.c': 'int a;\n' });
    fs.writeFileSync(path.join(broken, 'compile_commands.json'), '[{,]');
    const torn = new Session(program, broken);
    await torn.initialize();
    torn.open('a.c');
    const error = await torn.wait('window/showMessage');
    assert.equal(error.type, lsp.MessageType.Error);
    assert.match(error.message, /compile_commands\.json:1:4: not valid JSON/);
    await torn.end();
  },

  async 'two folders, each with its database; a folder more; no folder at all'() {
    const first = weather('two/first'), second = write(folder('two/second'), { 'loop.c': LOOP });
    const third = write(folder('two/third'), { 'loop.c': LOOP });
    const session = new Session(program, first);
    const one = (directory) => ({ uri: pathToFileURL(directory).href, name: path.basename(directory) });
    await session.initialize(CAPABILITIES, { workspaceFolders: [one(first), one(second)] });
    session.open('resolve.c');
    session.open('../second/loop.c');
    await session.diagnostics('resolve.c', some);
    await session.diagnostics('../second/loop.c', some);
    session.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [one(third)], removed: [one(second)] } });
    session.open('../third/loop.c');
    await session.diagnostics('../third/loop.c', some);
    await session.end();

    const loose = new Session(program, weather('loose'));
    await loose.initialize(CAPABILITIES, { rootUri: null });
    loose.open('resolve.c');
    await loose.diagnostics('resolve.c', some);
    await loose.end();
  },

  async 'a folder of several projects: of each, once, its own database, whether the folder has one or not'() {
    const several = folder('several');
    const inner = write(folder('several/inner'), { 'loop.c': LOOP });
    const session = new Session(program, several);
    await session.initialize();
    session.open('inner/loop.c');
    assert.deepEqual(codes(await session.diagnostics('inner/loop.c', some)), ['blocking-in-async']);
    assert.deepEqual(session.seen.filter((message) => message.method === 'window/showMessage'), []);
    await session.end();

    write(several, { 'outer.c': LOOP });
    write(inner, { 'loop.c': LOOP });
    const both = new Session(program, several);
    await both.initialize();
    for (const name of ['outer.c', 'inner/loop.c']) {
      both.open(name);
      await both.diagnostics(name, some);
    }
    assert.equal(both.seen.filter((message) => message.method === 'window/workDoneProgress/create').length, 2);
    await both.end();
  },

  async 'many open files: eight parsers at most, and all files are looked at'() {
    const names = Array.from({ length: 20 }, (_, i) => `loop${i}.c`);
    const session = await started('many', Object.fromEntries(names.map((name) => [name, LOOP.replaceAll('watch', `watch_${name.slice(0, -2)}`)])));
    names.forEach((name) => session.open(name));
    for (const name of names) assert.deepEqual(codes(await session.diagnostics(name, some)), ['blocking-in-async']);
    const most = 8 + 2; // parsers, and what reads saved files and what finds
    assert.ok(children(session.child.pid).length <= most, `${children(session.child.pid).length} processes`);
    await session.end();
  },

  async 'questions that come faster than they are answered are answered all'() {
    const session = await started('questions', { 'loop.c': LOOP });
    session.open('loop.c');
    const asked = Array.from({ length: 3000 }, () => session.request('textDocument/hover', 'loop.c', { position: { line: 3, character: 15 } }));
    for (const answer of await Promise.all(asked)) assert.match(answer.contents.value, /on_refresh/);
    await session.end();
  },

  async 'a suppression that suppresses nothing is shown as unnecessary'() {
    const text = LOOP.replace('int watch', '/* asynclint: allow nested-loop: it was one */\nint watch');
    const session = await started('unused', { 'loop.c': text });
    session.open('loop.c');
    const found = await session.diagnostics('loop.c', (list) => codes(list).includes('suppression'));
    const [unused] = found.filter((one) => one.code === 'suppression');
    assert.deepEqual([unused.range.start.line, unused.tags], [11, [lsp.DiagnosticTag.Unnecessary]]);
    assert.match(unused.message, /'nested-loop' suppresses nothing/);
    await session.end();
  },

  async 'what is no message is answered or skipped, and the next one is understood'() {
    const child = spawn(program, ['lsp'], { cwd: weather('garbage') });
    const messages = [];
    let waiting = () => {};
    const reader = new rpc.StreamMessageReader(child.stdout);
    reader.listen((message) => { messages.push(message); waiting(); });
    const next = async (fits) => {
      while (!messages.some(fits)) await new Promise((resolve) => { waiting = resolve; });
      return messages.splice(messages.findIndex(fits), 1)[0];
    };
    const frame = (content) => child.stdin.write(`Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
    frame('{ "jsonrpc": "2.0", ');
    assert.equal((await next((message) => message.error)).error.code, -32700);
    frame('[1, 2]');
    assert.equal((await next((message) => message.error)).error.code, -32600);
    frame('{"jsonrpc":"2.0","id":"seven"}');
    const invalid = await next((message) => message.error);
    assert.deepEqual([invalid.id, invalid.error.code], ['seven', -32600]);
    for (const header of ['Content-Length: many\r\n\r\n', 'Host: example.org\r\n\r\n', 'Content-Length: -4\r\n\r\n',
      'Content-Length: 99999999999\r\n\r\n', `X: ${'x'.repeat(9000)}\r\n\r\n`]) {
      child.stdin.write(header);
      assert.match((await next((message) => message.method === 'window/logMessage')).params.message, /no header/);
    }
    // In pieces, with another field and another case.
    const content = '{"jsonrpc":"2.0","id":8,"method":"initialize","params":{"capabilities":{}}}';
    for (const part of ['content-LENGTH: ', `${content.length}\r\nContent-Type: application/vscode-jsonrpc\r\n`, '\r\n' + content.slice(0, 9), content.slice(9)])
      await new Promise((resolve) => child.stdin.write(part, resolve));
    assert.equal((await next((message) => message.id === 8)).result.capabilities.positionEncoding, 'utf-16');
    // Changes of what is not open, changes that are none, positions that are none.
    frame('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///nowhere.c","version":2}}}');
    assert.match((await next((message) => message.method === 'window/logMessage')).params.message, /which is not open/);
    frame('{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:1","text":"int x;","version":1}}}');
    frame('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"untitled:1","version":2},"contentChanges":[{"range":{}}]}}');
    assert.match((await next((message) => message.method === 'window/logMessage')).params.message, /a change that is none/);
    frame('{"jsonrpc":"2.0","id":9,"method":"textDocument/hover","params":{"textDocument":{"uri":"untitled:1"},"position":{"line":-1}}}');
    assert.equal((await next((message) => message.id === 9)).error.code, -32602);
    frame('{"jsonrpc":"2.0","id":10,"method":"shutdown"}');
    assert.equal((await next((message) => message.id === 10)).result, null);
    frame('{"jsonrpc":"2.0","method":"exit"}');
    assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 0);
  },
};

async function main() {
  work = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'asynclint-lsp-')));
  process.env.XDG_CACHE_HOME = path.join(work, 'cache');
  let failed = 0, passed = 0;
  for (const [name, test] of Object.entries(tests)) {
    if (only && !name.includes(only)) continue;
    try {
      await test();
      passed++;
    } catch (error) {
      failed++;
      Session.abandon();
      console.error(`FAILED: ${name}\n${error.stack}`);
    }
  }
  fs.rmSync(work, { recursive: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main();
