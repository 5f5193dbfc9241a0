# Attention within pieces of text that run in one call, one after the other without padding: each piece sees itself alone.
# Their lengths sum to T.

# The pieces of a prefill. band is what a window adds to the scores of the longest piece, see window_band; trees is what is
# added to those of each piece instead, see tree_masks, in layers without a window and with one.
class Pieces(NamedTuple):
  lengths : List[int]
  band : Tensor
  trees : List[Tensor]
  windowed_trees : List[Tensor]


def pieces_of(lengths: List[int], ends: List[int], positions: Tensor, config: __torch__.Config) -> __torch__.Pieces:
  window = max(config.windows)
  trees = __torch__.tree_masks(ends, lengths, positions, 0)
  windowed_trees = trees
  if window > 0:
    windowed_trees = __torch__.tree_masks(ends, lengths, positions, window)
  return __torch__.Pieces(lengths, __torch__.window_band(window, max(lengths), positions.device), trees, windowed_trees)


# What a window adds to the scores of a piece of the given length; an empty tensor where it hides nothing.
def window_band(window: int, longest: int, device: Device) -> Tensor:
  if window == 0 or longest <= window:
    return torch.zeros([0], device=device)
  index = torch.arange(longest, device=device)
  distance = index.unsqueeze(1) - index.unsqueeze(0)
  return __torch__.additive(torch.logical_and(distance >= 0, distance < window))


# What is added to the scores of pieces that are trees of tokens, each before its children: a token sees those from which
# its branch grew. ends: for each token the index after the last one that sees it. An empty tensor where all see it, as in
# a plain sequence; an empty list where ends is one.
def tree_masks(ends: List[int], piece_lengths: List[int], positions: Tensor, window: int) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  start = 0
  if len(ends) > 0:
    for length in piece_lengths:
      own = ends[start:start + length]
      if min(own) == start + length:
        result.append(torch.zeros([0], device=positions.device))
      else:
        key = torch.arange(start, start + length, device=positions.device).unsqueeze(0)
        query = key.t()
        end = torch.tensor(own, dtype=4, device=positions.device)
        visible = torch.logical_and(key <= query, query < end.unsqueeze(0))
        if window > 0:
          at = positions.narrow(0, start, length)
          visible = torch.logical_and(visible, at.unsqueeze(0) > (at - window).unsqueeze(1))
        result.append(__torch__.additive(visible))
      start += length
  return result


# Attention in a prefill: causal, or as a piece's tree says. query (T, K, G, D), key and value (K, T, D). Returns the output
# (T, K, G, D) and the log-denominators (T, K, G).
def attend_within_pieces(query: Tensor, key: Tensor, value: Tensor, pieces: __torch__.Pieces, layer: int,
                         config: __torch__.Config) -> Tuple[Tensor, Tensor]:
  group = query.size(2)
  window = config.windows[layer]
  scale = config.attention_scale
  matmul_from = config.matmul_attention_from
  trees = pieces.trees
  if window > 0:
    trees = pieces.windowed_trees
  # (K, G, T, D): key/value heads are the batch, and the G heads of each share its keys through a stride of 0.
  queries = torch.split_with_sizes(query.permute([1, 2, 0, 3]), pieces.lengths, 2)
  keys = torch.split_with_sizes(key, pieces.lengths, 1)
  values = torch.split_with_sizes(value, pieces.lengths, 1)
  outs = annotate(List[Tensor], [])
  denominators = annotate(List[Tensor], [])
  for i in range(len(pieces.lengths)):
    length = pieces.lengths[i]
    mask: Optional[Tensor] = None
    if window > 0 and length > window:
      mask = pieces.band[0:length, 0:length]
    if len(trees) > 0 and trees[i].numel() > 0:
      mask = trees[i]
    scores = query.size(1) * group * length * length // 2
    if mask is None and matmul_from > 0 and scores >= matmul_from and query.dtype == 15:
      y, a = __torch__.attend_causally_by_matmul(queries[i], keys[i], values[i], scale)
      outs.append(y)
      denominators.append(a)
    else:
      y, a = __torch__.attend(queries[i], keys[i].unsqueeze(1).expand([-1, group, -1, -1]),
                              values[i].unsqueeze(1).expand([-1, group, -1, -1]), mask, mask is None, scale)
      outs.append(y.permute([2, 0, 1, 3]))
      denominators.append(a.permute([2, 0, 1]))
  if len(outs) == 1:
    return (outs[0], denominators[0])
  return (torch.cat(outs, 0), torch.cat(denominators, 0))


# Attention in training: plain matrix multiplications, whose gradients PyTorch computes in less than half of the time that
# those of its own attention take on the processor. Blocks of 256 queries are multiplied with no key that is after the block
# or before the window; mask is what block_mask gives for the layer's window. query (T, K, G, D), key and value (T, K, D).
# Returns the output (T, K, G, D).
def attend_in_blocks(query: Tensor, key: Tensor, value: Tensor, piece_lengths: List[int], mask: Tensor, layer: int,
                     config: __torch__.Config) -> Tensor:
  t, kv_heads, group, dim = query.size()
  dtype = query.dtype
  window = config.windows[layer]
  if config.widen_from > 0 and dtype == 15:
    query = query.float()
    key = key.float()
    value = value.float()
  queries = torch.split_with_sizes((query * config.attention_scale).permute([1, 2, 0, 3]), piece_lengths, 2)
  keys = torch.split_with_sizes(key.permute([1, 2, 0]), piece_lengths, 2)
  values = torch.split_with_sizes(value.permute([1, 0, 2]), piece_lengths, 1)
  outs = annotate(List[Tensor], [])
  for i in range(len(piece_lengths)):
    for start in range(0, piece_lengths[i], 256):
      rows = min(256, piece_lengths[i] - start)
      first = 0
      if window > 0:
        first = max(0, start - window + 1)
      count = start + rows - first
      block = queries[i].narrow(2, start, rows).reshape([kv_heads, group * rows, dim])
      scores = torch.bmm(block, keys[i].narrow(2, first, count)).view([kv_heads, group, rows, count])
      scores.add_(mask[0:rows].narrow(1, mask.size(1) - 256 - start + first, count))
      weights = torch.softmax(scores, -1).view([kv_heads, group * rows, count])
      out = torch.bmm(weights, values[i].narrow(1, first, count))
      outs.append(out.view([kv_heads, group, rows, dim]).permute([2, 0, 1, 3]))
  return torch.cat(outs, 0).to(dtype)


# What is added to the scores of a block of 256 queries so that each sees itself and those before it, or of them those in the
# window, 0 for none: (256, L), where the column of key k for a block that starts at s is L - 256 - s + k.
def block_mask(longest: int, window: int, dtype: int, device: Device) -> Tensor:
  size = 256 * ((longest + 255) // 256)
  query = torch.arange(size - 256, size, device=device).unsqueeze(1)
  distance = query - torch.arange(size, device=device).unsqueeze(0)
  visible = distance >= 0
  if window > 0:
    visible = torch.logical_and(visible, distance < window)
  return __torch__.additive(visible).to(dtype)
