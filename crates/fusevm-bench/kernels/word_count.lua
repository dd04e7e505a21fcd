local function kernel(n)
  local parts, seed = {}, 42
  for i = 1, 1000 do
    seed = (seed * 3877 + 29573) % 139968
    parts[i] = "word" .. seed % 200
  end
  local text = table.concat(parts, " ")
  local counts = {}
  for _ = 1, n do
    for word in text:gmatch("%S+") do
      counts[word] = (counts[word] or 0) + 1
    end
  end
  local checksum = 0
  for i = 0, 199 do
    checksum = checksum + (counts["word" .. i] or 0) * i
  end
  return checksum
end
