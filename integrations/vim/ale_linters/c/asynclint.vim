" ALE (Vim and Neovim) finds this by its name once integrations/vim is on 'runtimepath': it starts the language server.
call ale#Set('c_asynclint_executable', 'asynclint')
call ale#Set('c_asynclint_options', '')

" The nearest directory upward with a config or a compile database, or the file's own.
function! s:root(buffer) abort
  for l:name in ['.asynclint.json', 'compile_commands.json', 'build/compile_commands.json']
    let l:found = ale#path#FindNearestFile(a:buffer, l:name)
    if !empty(l:found)
      return fnamemodify(l:found, ':p')[: -2 - len(l:name)]
    endif
  endfor
  return expand('#' . a:buffer . ':p:h')
endfunction

call ale#linter#Define('c', {
\   'name': 'asynclint',
\   'lsp': 'stdio',
\   'executable': {buffer -> ale#Var(buffer, 'c_asynclint_executable')},
\   'command': {buffer -> '%e lsp' . ale#Pad(ale#Var(buffer, 'c_asynclint_options'))},
\   'project_root': function('s:root'),
\ })
