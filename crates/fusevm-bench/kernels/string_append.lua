-- Lua's strings are immutable: a table and one concat is how appending is written there.
local function kernel(n)
  local parts = {}
  for i = 1, n do
    parts[#parts + 1] = "abc"
    parts[#parts + 1] = i
  end
  local s = table.concat(parts)
  return #s
end
