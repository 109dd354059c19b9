// A language server under test: `asynclint lsp` as a child, spoken to by vscode-languageserver-protocol. Nothing here sleeps: every
// step waits for the message that must come. A test that waits for one that does not come is ended by WATCHDOG, with what did come.
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { pathToFileURL } = require('url');
const rpc = require('vscode-jsonrpc/node');
const lsp = require('vscode-languageserver-protocol/node');

const WATCHDOG = Number(process.env.WATCHDOG || 300) * 1000;

const CAPABILITIES = {
  general: { positionEncodings: ['utf-16'] },
  window: { workDoneProgress: true, showDocument: { support: true } },
  workspace: { workspaceEdit: { documentChanges: true }, didChangeWatchedFiles: { dynamicRegistration: true } },
  textDocument: {
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, versionSupport: true, tagSupport: { valueSet: [1, 2] } },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } },
  },
};

class Session {
  static live = new Set();

  // Of a test that failed.
  static abandon() {
    for (const session of Session.live) {
      clearTimeout(session.watchdog);
      session.child.kill('SIGKILL');
    }
    Session.live.clear();
  }

  constructor(program, folder, options = {}) {
    Session.live.add(this);
    this.folder = folder;
    this.log = [];
    this.seen = []; // {method, params} in order; waits look at what came after their mark
    this.waiting = [];
    this.child = spawn(program, ['lsp', ...(options.arguments || [])], {
      cwd: folder || os.tmpdir(), stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...options.environment },
    });
    this.stderr = '';
    this.child.stderr.on('data', (data) => { this.stderr += data; });
    this.exited = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve({ code, signal })));
    this.connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(this.child.stdout), new rpc.StreamMessageWriter(this.child.stdin));
    this.connection.onNotification((method, params) => this.note(method, params));
    this.connection.onRequest((method, params) => { this.note(method, params); return null; });
    this.connection.onUnhandledProgress((params) => this.note('$/progress', params));
    this.connection.onError(() => {});
    this.connection.listen();
    this.watchdog = setTimeout(() => {
      console.error('nothing more came; so far:', JSON.stringify(this.seen, null, 1), this.stderr);
      process.exit(1);
    }, WATCHDOG);
  }

  note(method, params) {
    this.seen.push({ method, params });
    this.waiting = this.waiting.filter((waiting) => !waiting(this.seen.length - 1));
  }

  mark() { return this.seen.length; }

  // The first message from `mark` on of that method that fits.
  wait(method, fits = () => true, mark = 0) {
    return new Promise((resolve) => {
      const look = (i) => {
        const message = this.seen[i];
        if (i < mark || message.method !== method || !fits(message.params)) return false;
        resolve(message.params);
        return true;
      };
      for (let i = mark; i < this.seen.length; i++) if (look(i)) return;
      this.waiting.push(look);
    });
  }

  uri(name) { return pathToFileURL(path.join(this.folder, name)).href; }

  // Diagnostics of the file at that version that fit.
  diagnostics(name, fits = () => true, mark = 0, version = undefined) {
    return this.wait('textDocument/publishDiagnostics', (params) => params.uri === this.uri(name) &&
      (version === undefined || params.version === version) && fits(params.diagnostics), mark).then((params) => params.diagnostics);
  }

  async initialize(capabilities = CAPABILITIES, more = {}) {
    const result = await this.connection.sendRequest('initialize', {
      processId: process.pid, rootUri: this.folder ? pathToFileURL(this.folder).href : null, capabilities, ...more,
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  open(name, text = fs.readFileSync(path.join(this.folder, name), 'utf8')) {
    this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: this.uri(name), languageId: 'c', version: 1, text },
    });
    return text;
  }

  change(name, version, changes) {
    this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: this.uri(name), version },
      contentChanges: typeof changes === 'string' ? [{ text: changes }] : changes,
    });
  }

  notify(method, name, more = {}) {
    this.connection.sendNotification(method, { textDocument: { uri: this.uri(name) }, ...more });
  }

  request(method, name, more = {}, token = undefined) {
    const params = { textDocument: { uri: this.uri(name) }, ...more };
    return token ? this.connection.sendRequest(method, params, token) : this.connection.sendRequest(method, params);
  }

  // Ends as the protocol says; returns the exit status.
  async end() {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    return this.close();
  }

  async close() {
    const status = await this.exited;
    clearTimeout(this.watchdog);
    Session.live.delete(this);
    this.connection.dispose();
    return status;
  }
}

module.exports = { Session, CAPABILITIES, lsp, rpc };
