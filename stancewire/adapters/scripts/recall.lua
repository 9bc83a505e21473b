#!lua flags=no-writes
-- Tells what is known under names; changes nothing.
--
-- KEYS as known.lua has them
-- ARGV the names, 16 bytes each
-- Returns for each name: what leads to an article, empty where the name is the article's own; and the mark that it leads
-- to, with its outlet and feed, or nil.

-- Takes in known.lua

local answer, marks = {}, {}
for place, name in ipairs(ARGV) do
  local found, lead = marks[name] or look_up(name), ''
  if found and leads_elsewhere(found) then
    lead, name = found, led_to(found)
    found = name and (marks[name] or look_up(name))
    if found and leads_elsewhere(found) then
      found = nil
    end
  end
  if found then
    marks[name] = found
  end
  answer[place * 2 - 1] = lead
  answer[place * 2] = found and with_source(found) or false
end
return answer
