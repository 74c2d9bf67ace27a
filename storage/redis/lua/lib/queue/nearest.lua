-- Brings the nearest cursor to the front: the one with the lowest score; of equal scores the lesser bucket.
local function nearest_first(cursors)
  for i = 2, #cursors do
    local one, first = cursors[i], cursors[1]
    if one.score < first.score or one.score == first.score and one.bucket < first.bucket then
      cursors[1], cursors[i] = one, first
    end
  end
end
