-- The language server in Neovim before 0.11, which has no vim.lsp.enable(): require('asynclint').setup().
local config = dofile(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h') .. '/lsp/asynclint.lua')

-- The nearest directory upward from the buffer's file that holds one of the markers, or the file's own.
local function root_of(buffer)
  local start = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':p:h')
  local directory = start
  while true do
    for _, marker in ipairs(config.root_markers) do
      if vim.loop.fs_stat(directory .. '/' .. marker) then
        return directory
      end
    end
    local parent = vim.fn.fnamemodify(directory, ':h')
    if parent == directory then
      return start
    end
    directory = parent
  end
end

local clients = {} -- id of the client of each root

local function attach(buffer)
  local root = root_of(buffer)
  local client = clients[root]
  if not client or not vim.lsp.get_client_by_id(client) then
    client = vim.lsp.start_client({
      name = 'asynclint',
      cmd = config.cmd,
      root_dir = root,
      workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    })
    clients[root] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
  end
end

local function setup()
  vim.api.nvim_create_autocmd('FileType', {
    pattern = config.filetypes,
    callback = function(event)
      attach(event.buf)
    end,
  })
end

return { setup = setup }
