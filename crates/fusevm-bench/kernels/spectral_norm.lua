-- Element (i, j), counted from 0, of the matrix whose norm is sought.
local function element(i, j)
  local ij = i + j
  return 1.0 / (ij * (ij + 1) / 2 + i + 1)
end

local function multiply(n, v, out)
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do
      sum = sum + element(i, j) * v[j + 1]
    end
    out[i + 1] = sum
  end
end

local function multiply_transposed(n, v, out)
  for i = 0, n - 1 do
    local sum = 0.0
    for j = 0, n - 1 do
      sum = sum + element(j, i) * v[j + 1]
    end
    out[i + 1] = sum
  end
end

local function kernel(n)
  local u, v, t = {}, {}, {}
  for i = 1, n do
    u[i], v[i], t[i] = 1.0, 0.0, 0.0
  end
  for _ = 1, 10 do
    multiply(n, u, t)
    multiply_transposed(n, t, v)
    multiply(n, v, t)
    multiply_transposed(n, t, u)
  end
  local uv, vv = 0.0, 0.0
  for i = 1, n do
    uv = uv + u[i] * v[i]
    vv = vv + v[i] * v[i]
  end
  return math.sqrt(uv / vv)
end
