-- GETs the paths of the file in PATHS, in turn; each thread starts elsewhere.
local paths, at = {}, 0
function init()
  for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
  math.randomseed(os.time()); at = math.random(#paths)
end
function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
