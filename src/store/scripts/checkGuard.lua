--[[
  Asks a guard whether an effect may be written.

  KEYS[1] any key of the partition   KEYS[2] key of the guard
  ARGV[1] guard

  Returns 1, or a refusal
]]
return refusal_of(KEYS[2], parse_guard(ARGV[1])) or 1
