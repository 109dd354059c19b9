// asynclint in VS Code: starts `asynclint lsp` and lets vscode-languageclient do the rest.
'use strict';
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

function start() {
  const settings = vscode.workspace.getConfiguration('asynclint');
  const server = { command: settings.get('path'), args: ['lsp', ...settings.get('arguments')] };
  client = new LanguageClient('asynclint', 'asynclint', server, {
    documentSelector: [{ scheme: 'file', language: 'c' }],
  });
  return client.start();
}

async function stop() {
  const stopping = client;
  client = undefined;
  if (stopping) await stopping.stop();
}

function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand('asynclint.restart', async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (!event.affectsConfiguration('asynclint')) return;
      await stop();
      await start();
    }));
  return start();
}

module.exports = { activate, deactivate: stop };
