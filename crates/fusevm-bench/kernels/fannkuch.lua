local function kernel(n)
  local perm, first, count = {}, {}, {}
  for i = 1, n do
    first[i] = i
    perm[i] = 0
    count[i] = 0
  end
  local checksum, max_flips, sign, r = 0, 0, 1, n + 1
  while true do
    while r > 2 do
      r = r - 1
      count[r] = r
    end
    for i = 1, n do
      perm[i] = first[i]
    end
    local flips, k = 0, perm[1]
    while k ~= 1 do
      local i, j = 1, k
      while i < j do
        perm[i], perm[j] = perm[j], perm[i]
        i = i + 1
        j = j - 1
      end
      flips = flips + 1
      k = perm[1]
    end
    if flips > max_flips then max_flips = flips end
    checksum = checksum + sign * flips
    sign = -sign
    -- The next permutation: rotate ever longer prefixes until one has turns left.
    r = 2
    while true do
      if r > n then return checksum * 1000 + max_flips end
      local head = first[1]
      for i = 1, r - 1 do
        first[i] = first[i + 1]
      end
      first[r] = head
      count[r] = count[r] - 1
      if count[r] > 0 then break end
      r = r + 1
    end
  end
end
