-- Neovim 0.11 and later find this by its name once integrations/vim is on 'runtimepath': vim.lsp.enable('asynclint').
return {
  cmd = { 'asynclint', 'lsp' },
  filetypes = { 'c' },
  root_markers = { '.asynclint.json', 'compile_commands.json', 'build/compile_commands.json', '.git' },
}
