" Vim and Neovim compiler plugin: `:compiler asynclint`, then `:make!` checks the whole compile database, `:make! %` this file.
" Findings and the notes beneath them go to the quickfix list; whatever else asynclint says stays visible there too.
if exists('current_compiler')
  finish
endif
let current_compiler = 'asynclint'

CompilerSet makeprg=asynclint\ --quiet\ $*
CompilerSet errorformat=
      \%f:%l:%c:\ %trror:\ %m,
      \%f:%l:%c:\ %tarning:\ %m,
      \%f:%l:%c:\ %tote:\ %m
