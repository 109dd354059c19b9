-- Linter for nvim-lint, which finds it by its name once integrations/vim is on 'runtimepath'. It checks the file as last written.
local severities = {
  error = vim.diagnostic.severity.ERROR,
  warning = vim.diagnostic.severity.WARN,
  advice = vim.diagnostic.severity.INFO,
}

local function diagnostic(lnum, col, end_lnum, end_col, severity, message, code)
  return {
    lnum = lnum, col = col, end_lnum = end_lnum, end_col = end_col,
    severity = severity, message = message, code = code, source = 'asynclint',
  }
end

-- A file that was not checked must not look like a clean one.
local function failure(message)
  return diagnostic(0, 0, 0, 0, vim.diagnostic.severity.WARN, 'not checked: ' .. message, nil)
end

-- The finding's message with its path and advice beneath it, one a line.
local function describe(finding)
  local lines = { finding.message }
  for _, step in ipairs(finding.path) do
    table.insert(lines, string.format('%s:%d: %s', step.file, step.line, step.message))
  end
  if type(finding.help) == 'string' then
    table.insert(lines, 'help: ' .. finding.help)
  end
  return table.concat(lines, '\n')
end

local function parse(output, bufnr)
  local readable, report = pcall(vim.json.decode, output)
  if not readable then
    return { failure('run asynclint on this file in a shell to see why') }
  end
  local diagnostics = {}
  for _, failed in ipairs(report.coverage.failed) do
    table.insert(diagnostics, failure(failed.message))
  end
  local buffer_file = vim.api.nvim_buf_get_name(bufnr)
  for _, finding in ipairs(report.findings) do
    local place = finding.location
    -- Paths are relative to the project's root, which may be anywhere above the buffer's file.
    if vim.endswith(buffer_file, '/' .. place.file) then
      table.insert(diagnostics, diagnostic(place.line - 1, place.column - 1, place.end_line - 1, place.end_column - 1,
        severities[finding.severity], describe(finding), finding.rule))
    end
  end
  return diagnostics
end

return {
  cmd = 'asynclint',
  args = { '--format', 'json', '--quiet' },
  stdin = false,
  append_fname = true,
  stream = 'stdout',
  ignore_exitcode = true,
  parser = parse,
}
