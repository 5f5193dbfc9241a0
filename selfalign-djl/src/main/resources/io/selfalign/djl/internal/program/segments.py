# Attention to segments: keys and values that several rows may share, each (layers, 2, K, length, D), wholly before the tokens
# that see them. A call gets them as four lists
#   segments, and starts: the position of each one's first token
#   rows and counts: which tokens of the call see each, the lists of all segments one after the other; a count of -1 means
#   all tokens

# The segments of a call: which tokens see each, an empty tensor for all of them, and what is added to the scores in layers
# with a window, an empty tensor where the window hides nothing.
class Segments(NamedTuple):
  values : List[Tensor]
  rows : List[Tensor]
  windowed_masks : List[Tensor]


def segments_of(segments: List[Tensor], starts: List[int], rows: List[int], counts: List[int], positions: Tensor,
                config: __torch__.Config) -> __torch__.Segments:
  indices = __torch__.segment_row_indices(rows, counts, positions.device)
  masks = __torch__.segment_masks(segments, starts, indices, positions, max(config.windows),
                                  config.heads // config.kv_heads)
  return __torch__.Segments(segments, indices, masks)


def segment_row_indices(rows: List[int], counts: List[int], device: Device) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  start = 0
  for s in range(len(counts)):
    count = counts[s]
    if count < 0:
      result.append(torch.tensor(annotate(List[int], []), dtype=4, device=device))
    else:
      result.append(torch.tensor(rows[start:start + count], dtype=4, device=device))
      start += count
  return result


def segment_masks(segments: List[Tensor], starts: List[int], rows: List[Tensor], positions: Tensor, window: int,
                  group: int) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  for s in range(len(segments)):
    queries = positions
    if rows[s].numel() > 0:
      queries = positions.index_select(0, rows[s])
    if window == 0 or int(queries.max()) - window < starts[s]:
      result.append(torch.zeros([0], device=positions.device))
    else:
      keys = torch.arange(starts[s], starts[s] + segments[s].size(3), device=positions.device)
      visible = keys.unsqueeze(0) > (queries - window).unsqueeze(1)
      result.append(__torch__.additive(visible.repeat_interleave(group, 0)).unsqueeze(0).unsqueeze(0))
  return result


# Attention of all tokens to the segments they see, merged into the attention to their own keys:
# out = (exp(a) x + exp(b) y) / (exp(a) + exp(b)) for outputs x, y with log-denominators a, b.
# All tokens that see a segment are the queries of one sequence, and the G heads of a key/value head too, so each
# segment is read once. query and out (T, K, G, D), denominator (T, K, G).
def attend_to_segments(query: Tensor, out: Tensor, denominator: Tensor, layer: int, segments: __torch__.Segments,
                       config: __torch__.Config) -> Tensor:
  scale = config.attention_scale
  windowed = config.windows[layer] > 0
  count = len(segments.values)
  for s in range(count):
    seen = segments.values[s][layer]
    rows = segments.rows[s]
    mask = segments.windowed_masks[s]
    selected = query
    everyone = rows.numel() == 0
    if not everyone:
      selected = query.index_select(0, rows)
    t, k, g, d = selected.size()
    queries = selected.permute([1, 0, 2, 3]).reshape([k, t * g, d])
    if windowed and mask.numel() > 0:
      y, b = __torch__.attend(queries.unsqueeze(0), seen[0].unsqueeze(0), seen[1].unsqueeze(0), mask, False, scale)
    else:
      y, b = __torch__.attend_to_all(queries, seen[0], seen[1], config.matmul_attention_from, scale)
    y = y.reshape([k, t, g, d]).permute([1, 0, 2, 3])
    b = b.reshape([k, t, g]).permute([1, 0, 2])
    if everyone:
      out = torch.lerp(out, y, torch.sigmoid(b - denominator).unsqueeze(-1).to(out.dtype))
      if s + 1 < count:
        denominator = torch.logaddexp(denominator, b)
    else:
      x = out.index_select(0, rows)
      a = denominator.index_select(0, rows)
      out = out.index_copy(0, rows, torch.lerp(x, y, torch.sigmoid(b - a).unsqueeze(-1).to(out.dtype)))
      denominator = denominator.index_copy(0, rows, torch.logaddexp(a, b))
  return out
