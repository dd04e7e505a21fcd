-- The coordinates are held in one array each.
local function energy(x, y, z, vx, vy, vz, mass)
  local e = 0.0
  for i = 1, 5 do
    e = e + 0.5 * mass[i] * (vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i])
    for j = i + 1, 5 do
      local dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
      e = e - mass[i] * mass[j] / math.sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end

local function kernel(n)
  local x = { 0.0, 5.0, -10.0, 0.0, 30.0 }
  local y = { 0.0, 0.0, 1.0, -19.0, 3.0 }
  local z = { 0.0, 0.1, -0.3, 0.2, -0.7 }
  local vx = { 0.0, 0.0, -0.2, 1.4, -0.1 }
  local vy = { 0.0, 2.8, -2.0, 0.1, 1.1 }
  local vz = { 0.0, -0.02, 0.03, -0.01, 0.02 }
  local mass = { 40.0, 0.04, 0.01, 0.002, 0.003 }
  for _ = 1, n do
    for i = 1, 5 do
      for j = i + 1, 5 do
        local dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
        local d2 = dx * dx + dy * dy + dz * dz
        local magnitude = 0.01 / (d2 * math.sqrt(d2))
        local mi, mj = mass[i] * magnitude, mass[j] * magnitude
        vx[i] = vx[i] - dx * mj
        vy[i] = vy[i] - dy * mj
        vz[i] = vz[i] - dz * mj
        vx[j] = vx[j] + dx * mi
        vy[j] = vy[j] + dy * mi
        vz[j] = vz[j] + dz * mi
      end
    end
    for i = 1, 5 do
      x[i] = x[i] + 0.01 * vx[i]
      y[i] = y[i] + 0.01 * vy[i]
      z[i] = z[i] + 0.01 * vz[i]
    end
  end
  return energy(x, y, z, vx, vy, vz, mass)
end
