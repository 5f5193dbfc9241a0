# The decoder of every supported model, as TorchScript source. It is the only place where the mathematics of the forward
# pass is written down. Java packs this text into a TorchScript archive, loads it into the engine and calls its methods;
# TorchScript's dialect applies (functions are called through __torch__, data types are numbers: 4 int64, 6 float32,
# 7 float64, 15 bfloat16).
#
# It knows nothing of tokenizers, requests, schedules or files. It keeps no state: weights and keys/values are arguments.
#
# Names of sizes
#   T tokens of a prefill, R rows of a decoding step (one token each), S slots of a row's own cache
#   H query heads, K key/value heads, G = H / K query heads that share a key/value head, D size of a head
#
# weights: [embedding (V, E), final norm (E), vocabulary projection (V, E), rotary inverse frequencies (D / 2)], then for
#   each layer 11 tensors, an empty one where the architecture has none:
#   input norm, q/k/v weight ((H + 2 K) D, E) and bias, q/k norm (H + K, D), output weight and bias,
#   post-attention norm, gate/up weight (2 I, E) and bias, down weight and bias; matrices may be packed, but for the embedding
# linear, vocabulary_linear, pack_weight and unpack_weight come from plain_linear.py or packed_linear.py.
#
# sizes:  [layers, H, K, D, W, P]; products of at least W rows of bfloat16 are computed in float32, 0 for never; attention
#   of bfloat16 that has at least P scores is made of products, 0 for never
# scales: [norm epsilon, attention scale, embedding multiplier, residual multiplier, logits divisor, rotary scaling]
# windows: for each layer how many keys a query sees, itself included; 0 means all
# rotary: for each layer 1 if it rotates queries and keys, 0 if not
#
# adapter: what LoRA adds, nothing without an adapter; else for each layer 8 tensors: A (rank, inputs) and B (outputs, rank),
#   scaled, for q/k/v, output, gate/up and down, an empty pair where the adapter has nothing. Maps that share an input share
#   the pair: A has their ranks one below the other, B a block of columns for each.
#
# segments: keys/values that several rows may share, each (layers, 2, K, length, D); segment_starts: the position of each
#   one's first token; segment_rows and segment_counts: which tokens of this call see it, the lists of all segments one
#   after the other; a count of -1 means all tokens. Segments lie wholly before the tokens that see them.

# A linear map with what an adapter adds to it, x W^T + dropped(x) A^T B^T. masks has the elements of x that dropout sets
# to zero, nothing outside of training.
def adapted_linear(x: Tensor, weight: Tensor, bias: Tensor, widen_from: int, adapter: List[Tensor], at: int,
                   masks: List[Tensor]) -> Tensor:
  y = __torch__.linear(x, weight, bias, widen_from)
  if len(adapter) == 0 or adapter[at].numel() == 0:
    return y
  if len(masks) > 0:
    x = x.masked_fill(masks[at // 2 % 4], 0.0)
  return torch.addmm(y, torch.linear(x, adapter[at]), adapter[at + 1].t())


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
  h = x.float()
  h = h * torch.rsqrt(torch.mean(h * h, [-1], True) + eps)
  return h.to(x.dtype) * weight


# The rotation by halves, x * cos + (-x2, x1) * sin for x = (x1, x2), written as a roll: sin carries the minus sign in
# its first half. x (T, heads, D), cos and sin (T, 1, D).
def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  return torch.addcmul(x * cos, torch.roll(x, [x.size(-1) // 2], [-1]), sin)


def rotary_tables(positions: Tensor, inverse_frequencies: Tensor, scaling: float, dtype: int) -> Tuple[Tensor, Tensor]:
  angles = positions.float().unsqueeze(1) * inverse_frequencies.unsqueeze(0)
  cos = (torch.cos(angles) * scaling).to(dtype)
  sin = (torch.sin(angles) * scaling).to(dtype)
  return (torch.cat([cos, cos], -1).unsqueeze(1), torch.cat([-sin, sin], -1).unsqueeze(1))


# Attention and the logarithm of its softmax denominator, with which attention over two sets of keys can be merged.
# query (B, N, Q, D), key and value (B, N, L, D), any strides; mask added to the scores, broadcastable to (B, N, Q, L).
# Masks use a large negative number instead of minus infinity: a query that sees no key of a set then gets weight 0 in
# the merge, and no NaN.
def attend(query: Tensor, key: Tensor, value: Tensor, mask: Optional[Tensor], causal: bool, scale: float) -> Tuple[Tensor, Tensor]:
  if query.is_cpu:
    return torch._scaled_dot_product_flash_attention_for_cpu(query, key, value, 0.0, causal, attn_mask=mask, scale=scale)
  # Elsewhere a block of queries at a time, to bound the memory that scores take: 256 MB in float32, a few times over.
  b, n, q, d = query.size()
  keys = key.transpose(-2, -1)
  at_a_time = max(1, 67108864 // (b * n * key.size(2)))
  outs = annotate(List[Tensor], [])
  denominators = annotate(List[Tensor], [])
  for start in range(0, q, at_a_time):
    rows = min(at_a_time, q - start)
    # Causal attention has as many keys as queries, and a block sees none behind its end.
    count = key.size(2)
    if causal:
      count = start + rows
    scores = torch.matmul(query.narrow(2, start, rows) * scale, keys.narrow(3, 0, count)).float()
    if causal:
      hidden = torch.ones([rows, count], dtype=11, device=query.device).triu(start + 1)
      scores = scores.masked_fill(hidden, -1e30)
    if mask is not None:
      if mask.size(-2) == 1:
        scores = scores + mask
      else:
        scores = scores + mask.narrow(-2, start, rows)
    denominator = torch.logsumexp(scores, [-1])
    weights = torch.exp(scores - denominator.unsqueeze(-1)).to(value.dtype)
    outs.append(torch.matmul(weights, value.narrow(2, 0, count)))
    denominators.append(denominator)
  if len(outs) == 1:
    return (outs[0], denominators[0])
  return (torch.cat(outs, 2), torch.cat(denominators, 2))


# The same of bfloat16, made of products. query (B, Q, D), key and value (B, L, D), contiguous; hidden (b, b), if it has
# elements, is a large number where a query may not see one of the last b keys, for every b queries, and else 0. Returns
# (B, Q, D) and (B, Q).
#
# A score that is rounded to bfloat16 has an error that grows with it, so that those that weigh most would be the worst. The
# first product finds each query's largest score; the second is made with that subtracted before it is rounded, so that what
# weighs most is near 0. But the largest score is rounded itself: where it is over 1,000, that would show, and the fused
# operation is used.
def attend_by_products(query: Tensor, key: Tensor, value: Tensor, hidden: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
  keys = key.transpose(1, 2)
  scores = torch.bmm(query, keys)
  last = scores
  size = hidden.size(0)
  if size > 0:
    last = scores.view([scores.size(0), -1, size, scores.size(2)]).narrow(3, scores.size(2) - size, size)
    last.sub_(hidden)
  largest = torch.amax(scores, [-1], True)
  if float(torch.amax(torch.abs(largest))) * scale > 1000.0:
    return __torch__.attend_at_once(query, key, value, hidden, scale)
  scores.copy_(largest)
  if size > 0:
    last.add_(hidden)
  scores.baddbmm_(query, keys, beta=-scale, alpha=scale).exp_()
  sums = torch.sum(scores, [-1], True, dtype=6)
  out = torch.bmm(scores, value).div_(sums)
  return (out, torch.add(torch.log(sums), largest, alpha=scale).squeeze(-1))


# What attend_by_products computes, of any type, by attend.
def attend_at_once(query: Tensor, key: Tensor, value: Tensor, hidden: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
  mask: Optional[Tensor] = None
  size = hidden.size(0)
  if size > 0:
    some = torch.constant_pad_nd(-hidden.float(), [key.size(1) - size, 0])
    mask = some.repeat([query.size(1) // size, 1])
  y, a = __torch__.attend(query.unsqueeze(0), key.unsqueeze(0), value.unsqueeze(0), mask, False, scale)
  return (y.squeeze(0), a.squeeze(0))


# The attention of all queries (K, Q, D) to all keys (K, L, D) without a mask, by whichever operations are faster.
def attend_to_all(query: Tensor, key: Tensor, value: Tensor, products_from: int, scale: float) -> Tuple[Tensor, Tensor]:
  k, q, d = query.size()
  nothing = torch.empty([0], device=query.device)
  if products_from == 0 or k * q * key.size(1) < products_from or query.dtype != 15:
    return __torch__.attend_at_once(query, key, value, nothing, scale)
  # The processor's cache can hold the scores.
  at_a_time = max(64, 2097152 // (k * key.size(1)))
  outs = annotate(List[Tensor], [])
  denominators = annotate(List[Tensor], [])
  for start in range(0, q, at_a_time):
    part = query.narrow(1, start, min(at_a_time, q - start)).contiguous()
    y, a = __torch__.attend_by_products(part, key, value, nothing, scale)
    outs.append(y)
    denominators.append(a)
  if len(outs) == 1:
    return (outs[0], denominators[0])
  return (torch.cat(outs, 1), torch.cat(denominators, 1))


# Causal attention by products, of blocks of queries to what stands before their end. query (K, G, T, D), key and value
# (K, T, D). Returns (T, K, G, D) and (T, K, G).
def attend_causally_by_products(query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
  k, g, t, d = query.size()
  size = 256
  while size > 64 and k * g * size * t > 4194304:
    size = size // 2
  hidden = torch.full([size, size], 1e30, dtype=query.dtype, device=query.device).triu(1)
  outs = annotate(List[Tensor], [])
  denominators = annotate(List[Tensor], [])
  for start in range(0, t, size):
    rows = min(size, t - start)
    block = query.narrow(2, start, rows).reshape([k, g * rows, d])
    y, a = __torch__.attend_by_products(block, key.narrow(1, 0, start + rows).contiguous(),
                                        value.narrow(1, 0, start + rows).contiguous(), hidden[0:rows, 0:rows], scale)
    outs.append(y.view([k, g, rows, d]).permute([2, 0, 1, 3]))
    denominators.append(a.view([k, g, rows]).permute([2, 0, 1]))
  return (torch.cat(outs, 0), torch.cat(denominators, 0))


# ModelLock "may see" into what is added to scores, in float32.
def additive(visible: Tensor) -> Tensor:
  mask = torch.zeros(visible.size(), dtype=6, device=visible.device)
  return mask.masked_fill_(torch.logical_not(visible), -1e30)


# Attention of all tokens to the segments they see, merged into the attention to their own keys:
# out = (exp(a) x + exp(b) y) / (exp(a) + exp(b)) for outputs x, y with log-denominators a, b.
# All tokens that see a segment are the queries of one sequence, and the G heads of a key/value head too, so each
# segment is read once. query and out (T, K, G, D), denominator (T, K, G).
def attend_to_segments(query: Tensor, out: Tensor, denominator: Tensor, layer: int, segments: List[Tensor],
                       rows: List[Tensor], masks: List[Tensor], masked: bool, products_from: int, scale: float) -> Tensor:
  for s in range(len(segments)):
    segment = segments[s]
    seen = segment[layer]
    selected = query
    everyone = rows[s].numel() == 0
    if not everyone:
      selected = query.index_select(0, rows[s])
    t, k, g, d = selected.size()
    queries = selected.permute([1, 0, 2, 3]).reshape([k, t * g, d])
    if masked and masks[s].numel() > 0:
      y, b = __torch__.attend(queries.unsqueeze(0), seen[0].unsqueeze(0), seen[1].unsqueeze(0), masks[s], False, scale)
    else:
      y, b = __torch__.attend_to_all(queries, seen[0], seen[1], products_from, scale)
    y = y.reshape([k, t, g, d]).permute([1, 0, 2, 3])
    b = b.reshape([k, t, g]).permute([1, 0, 2])
    if everyone:
      out = torch.lerp(out, y, torch.sigmoid(b - denominator).unsqueeze(-1).to(out.dtype))
      if s + 1 < len(segments):
        denominator = torch.logaddexp(denominator, b)
    else:
      x = out.index_select(0, rows[s])
      a = denominator.index_select(0, rows[s])
      out = out.index_copy(0, rows[s], torch.lerp(x, y, torch.sigmoid(b - a).unsqueeze(-1).to(out.dtype)))
      denominator = denominator.index_copy(0, rows[s], torch.logaddexp(a, b))
  return out


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


# For layers with a window, what each query may see of each segment; an empty mask where it sees all of it.
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


# The part of a layer before attention: normalised input, projected, q and k normalised and rotated.
# x (T, E); returns query (T, K, G, D), key (T, K, D), value (T, K, D).
def project(x: Tensor, weights: List[Tensor], at: int, adapter: List[Tensor], adapter_at: int, masks: List[Tensor],
            sizes: List[int], eps: float, rotary: bool, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  heads = sizes[1]
  kv_heads = sizes[2]
  dim = sizes[3]
  t = x.size(0)
  qkv = __torch__.adapted_linear(__torch__.rms_norm(x, weights[at], eps), weights[at + 1], weights[at + 2], sizes[4],
                                 adapter, adapter_at, masks)
  qkv = qkv.view([t, heads + 2 * kv_heads, dim])
  qk = qkv.narrow(1, 0, heads + kv_heads)
  if weights[at + 3].numel() > 0:
    qk = __torch__.rms_norm(qk, weights[at + 3], eps)
  if rotary:
    qk = __torch__.rotate(qk, cos, sin)
  query = qk.narrow(1, 0, heads).unflatten(1, [kv_heads, heads // kv_heads])
  return (query, qk.narrow(1, heads, kv_heads), qkv.narrow(1, heads + kv_heads, kv_heads))


# The part of a layer after attention: output projection and MLP, each added to the residual stream.
def finish(x: Tensor, attended: Tensor, weights: List[Tensor], at: int, adapter: List[Tensor], adapter_at: int,
           masks: List[Tensor], widen_from: int, eps: float, residual: float) -> Tensor:
  x = torch.add(x, __torch__.adapted_linear(attended, weights[at + 4], weights[at + 5], widen_from, adapter,
                                            adapter_at + 2, masks), alpha=residual)
  h = __torch__.adapted_linear(__torch__.rms_norm(x, weights[at + 6], eps), weights[at + 7], weights[at + 8], widen_from,
                               adapter, adapter_at + 4, masks)
  half = h.size(-1) // 2
  h = torch.silu(h.narrow(-1, 0, half)) * h.narrow(-1, half, half)
  return torch.add(x, __torch__.adapted_linear(h, weights[at + 9], weights[at + 10], widen_from, adapter, adapter_at + 6,
                                               masks), alpha=residual)


# Causal attention of pieces of text, each a sequence of its own; piece_lengths sum to T. query (T, K, G, D), key and
# value (K, T, D); window 0 for none, else band is what it adds to the scores of the longest piece; trees: of each piece
# what is added instead, see tree_masks, or nothing if all pieces are sequences. Returns the output (T, K, G, D) and the
# log-denominators (T, K, G).
def attend_within_pieces(query: Tensor, key: Tensor, value: Tensor, piece_lengths: List[int], window: int, band: Tensor,
                         trees: List[Tensor], products_from: int, scale: float) -> Tuple[Tensor, Tensor]:
  group = query.size(2)
  # (K, G, T, D): key/value heads are the batch, and the G heads of each share its keys through a stride of 0.
  queries = torch.split_with_sizes(query.permute([1, 2, 0, 3]), piece_lengths, 2)
  keys = torch.split_with_sizes(key, piece_lengths, 1)
  values = torch.split_with_sizes(value, piece_lengths, 1)
  outs = annotate(List[Tensor], [])
  denominators = annotate(List[Tensor], [])
  for i in range(len(piece_lengths)):
    length = piece_lengths[i]
    mask: Optional[Tensor] = None
    if window > 0 and length > window:
      mask = band[0:length, 0:length]
    if len(trees) > 0 and trees[i].numel() > 0:
      mask = trees[i]
    scores = query.size(1) * group * length * length // 2
    if mask is None and products_from > 0 and scores >= products_from and query.dtype == 15:
      y, a = __torch__.attend_causally_by_products(queries[i], keys[i], values[i], scale)
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


# The same for training: plain products, whose gradients PyTorch computes in less than half of the time that those of its
# own attention take on the processor. Blocks of 256 queries are multiplied with no key that stands after the block or before
# the window; mask is what block_mask gives for the window, 0 for none. Returns the output (T, K, G, D).
def attend_in_blocks(query: Tensor, key: Tensor, value: Tensor, piece_lengths: List[int], window: int, mask: Tensor,
                     widen_from: int, scale: float) -> Tensor:
  t, kv_heads, group, dim = query.size()
  dtype = query.dtype
  if widen_from > 0 and dtype == 15:
    query = query.float()
    key = key.float()
    value = value.float()
  queries = torch.split_with_sizes((query * scale).permute([1, 2, 0, 3]), piece_lengths, 2)
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
# window: (256, L), where the column of key k for a block that starts at s is L - 256 - s + k.
def block_mask(longest: int, window: int, dtype: int, device: Device) -> Tensor:
  size = 256 * ((longest + 255) // 256)
  query = torch.arange(size - 256, size, device=device).unsqueeze(1)
  distance = query - torch.arange(size, device=device).unsqueeze(0)
  visible = distance >= 0
  if window > 0:
    visible = torch.logical_and(visible, distance < window)
  return __torch__.additive(visible).to(dtype)


# What a window adds to the scores of a piece of the given length; an empty tensor where it hides nothing.
def window_band(windows: List[int], longest: int, device: Device) -> Tensor:
  window = max(windows)
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


def embed(tokens: Tensor, weights: List[Tensor], multiplier: float) -> Tensor:
  x = torch.embedding(weights[0], tokens)
  if multiplier != 1.0:
    x = x * multiplier
  return x


def project_to_vocabulary(hidden: Tensor, weights: List[Tensor], divisor: float) -> Tensor:
  logits = __torch__.vocabulary_linear(hidden, weights[2]).float()
  if divisor != 1.0:
    logits = logits / divisor
  return logits


# Whether each row's chosen token (N, 1) has candidates of less than the nucleus's mass (N, 1) above it.
def in_nucleus(likelihood: Tensor, chosen: Tensor, nucleus: Tensor) -> Tensor:
  above = likelihood.masked_fill(likelihood <= likelihood.gather(1, chosen), 0.0)
  return (torch.sum(above, [-1], True) < nucleus).squeeze(1)


# The modules that LoRA can adapt, in the order q, k, v, output, gate, up, down, are seven pairs A_i (r_i, inputs),
# B_i (outputs_i, r_i), empty where there is nothing. Here modules [first, last) that share an input become one pair:
# all A_i one below the other, and the B_i, scaled, as blocks along a diagonal.
def fuse_modules(pairs: List[Tensor], scalings: List[float], outputs: List[int], first: int, last: int,
                 dtype: int) -> Tuple[Tensor, Tensor]:
  downs = annotate(List[Tensor], [])
  total = 0
  for i in range(first, last):
    if pairs[2 * i].numel() > 0:
      downs.append(pairs[2 * i])
      total += pairs[2 * i].size(0)
  if total == 0:
    return (pairs[2 * first].to(dtype), pairs[2 * first].to(dtype))
  ups = annotate(List[Tensor], [])
  before = 0
  for i in range(first, last):
    up = pairs[2 * i + 1]
    if up.numel() > 0:
      rank = up.size(1)
      ups.append(torch.constant_pad_nd(up * scalings[i], [before, total - before - rank]))
      before += rank
    else:
      ups.append(torch.zeros([outputs[i], total], dtype=6, device=up.device))
  return (torch.cat(downs).to(dtype), torch.cat(ups).to(dtype))


# The adapter's eight tensors of a layer, of its seven pairs.
def fuse_layer(pairs: List[Tensor], scalings: List[float], outputs: List[int], dtype: int) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  for span in [[0, 3], [3, 4], [4, 6], [6, 7]]:
    a, b = __torch__.fuse_modules(pairs, scalings, outputs, span[0], span[1], dtype)
    result.append(a)
    result.append(b)
  return result


# The elements that dropout sets to zero at the inputs of a layer's four linear maps, (T, inputs) each, an empty tensor
# where there is no adapter. Each piece has a seed of its own, so that its masks don't depend on what else is in the call.
def dropout_masks(adapter: List[Tensor], layer: int, seeds: List[int], piece_lengths: List[int],
                  probability: float) -> List[Tensor]:
  masks = annotate(List[Tensor], [])
  if probability == 0.0 or len(adapter) == 0:
    return masks
  for place in range(4):
    a = adapter[2 * place]
    if a.numel() == 0:
      masks.append(torch.zeros([0], device=a.device))
    else:
      mask = torch.empty([sum(piece_lengths), a.size(1)], dtype=11, device=a.device)
      generator = torch.Generator(device=a.device)
      start = 0
      for i in range(len(piece_lengths)):
        torch.manual_seed(generator, seeds[i] + (4 * layer + place) * 2654435761)
        own = mask.narrow(0, start, piece_lengths[i])
        # Four elements of each 64 random bits: a third of the time of bernoulli.
        bits = torch.empty([(own.numel() + 3) // 4], dtype=4, device=a.device)
        torch.random_(bits, -9223372036854775807 - 1, None, generator=generator)
        drawn = torch.view_copy(bits, dtype=2).narrow(0, 0, own.numel()).view_as(own)
        own.copy_(drawn < int(65536.0 * probability) - 32768)
        start += piece_lengths[i]
      masks.append(mask)
  return masks


# A layer's weights, of those that are trained, in the type of the activations: query/key norms are kept once for all
# heads there.
def layer_weights(trained: List[Tensor], heads: int, kv_heads: int, dtype: int) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  for i in range(len(trained)):
    weight = trained[i]
    if i == 3 and weight.numel() > 0:
      kinds = weight.view([2, -1])
      weight = torch.cat([kinds.narrow(0, 0, 1).expand([heads, -1]), kinds.narrow(0, 1, 1).expand([kv_heads, -1])])
    result.append(weight.to(dtype))
  return result


# The same tensors, outside of any graph, to differentiate with respect to.
def leaves(tensors: List[Tensor]) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  for tensor in tensors:
    result.append(torch.requires_grad_(torch.detach(tensor)))
  return result


# Adds the gradient of (out . gradient) with respect to leaves to gradients, from index at on, and returns that with
# respect to x.
def backpropagate(out: Tensor, gradient: Tensor, x: Tensor, leaves: List[Tensor], gradients: List[Tensor],
                  at: int) -> Tensor:
  inputs = annotate(List[Tensor], [x])
  places = annotate(List[int], [])
  for i in range(len(leaves)):
    if leaves[i].numel() > 0:
      inputs.append(leaves[i])
      places.append(at + i)
  computed = torch.autograd.grad([out], inputs, annotate(List[Optional[Tensor]], [gradient]))
  for i in range(len(places)):
    gradients[places[i]].add_(unchecked_cast(Tensor, computed[i + 1]))
  return unchecked_cast(Tensor, computed[0])


# The sum of the targets' negative log-probabilities (a double), and the gradient of scale times it with respect to
# hidden (N, E). The vocabulary is projected for a few rows at a time, to bound memory. If gradient has elements, the
# gradient with respect to the vocabulary projection is added to it.
def vocabulary_loss(hidden: Tensor, targets: Tensor, vocabulary: Tensor, widen_from: int, divisor: float, scale: float,
                    gradient: Tensor) -> Tuple[Tensor, Tensor]:
  n = hidden.size(0)
  dtype = hidden.dtype
  if widen_from > 0 and n >= widen_from and dtype == 15:
    hidden = hidden.float()
    vocabulary = vocabulary.float()
  rows = max(16, 16777216 // vocabulary.size(0))
  loss = torch.zeros([1], dtype=7, device=hidden.device)
  grads = annotate(List[Tensor], [])
  for start in range(0, n, rows):
    count = min(rows, n - start)
    part = hidden.narrow(0, start, count)
    target = targets.narrow(0, start, count).unsqueeze(1)
    logits = torch.linear(part, vocabulary).float()
    if divisor != 1.0:
      logits = logits.div_(divisor)
    denominator = torch.logsumexp(logits, [-1], True)
    loss.add_(torch.sum(denominator - logits.gather(1, target), dtype=7))
    if scale != 0.0:
      slope = logits.sub_(denominator).exp_()
      slope.scatter_add_(1, target, torch.full_like(denominator, -1.0))
      slope = slope.mul_(scale / divisor).to(hidden.dtype)
      grads.append(torch.matmul(slope, vocabulary))
      if gradient.numel() > 0:
        if gradient.dtype == part.dtype:
          gradient.addmm_(slope.t(), part)
        else:
          gradient.add_(torch.matmul(slope.t(), part))
  if len(grads) == 0:
    return (loss, hidden)
  return (loss, torch.cat(grads).to(dtype))


# One layer on pieces of text in training, without segments; attention as attend_in_blocks computes it. trained are the
# layer's own tensors.
def run_layer(x: Tensor, weights: List[Tensor], trained: List[Tensor], whole: bool, layer: int, sizes: List[int],
              scales: List[float], rotary: List[int], outputs: List[int], scalings: List[float],
              piece_lengths: List[int], seeds: List[int], dropout: float, window: int, mask: Tensor,
              cos: Tensor, sin: Tensor) -> Tensor:
  adapter = annotate(List[Tensor], [])
  masks = annotate(List[Tensor], [])
  if whole:
    own = __torch__.layer_weights(trained, sizes[1], sizes[2], x.dtype)
  else:
    own = weights[4 + 11 * layer:15 + 11 * layer]
    scaled = annotate(List[float], [])
    for scaling in scalings[7 * layer:7 * layer + 7]:
      scaled.append(scaling / (1.0 - dropout))
    adapter = __torch__.fuse_layer(trained, scaled, outputs, x.dtype)
    masks = __torch__.dropout_masks(adapter, layer, seeds, piece_lengths, dropout)
  query, key, value = __torch__.project(x, own, 0, adapter, 0, masks, sizes, scales[0], rotary[layer] != 0, cos, sin)
  out = __torch__.attend_in_blocks(query, key, value, piece_lengths, window, mask, sizes[4], scales[1])
  return __torch__.finish(x, out.reshape([x.size(0), -1]), own, 0, adapter, 0, masks, sizes[4], scales[0], scales[3])


# Part i of a list of parts, each with its length before it.
def part(packed: List[int], i: int) -> List[int]:
  at = 0
  for _ in range(i):
    at += packed[at] + 1
  return packed[at + 1:at + 1 + packed[at]]


class Decoder(Module):
  __parameters__ = []
  __buffers__ = []

  # theta^(-2 i / dim) for i < dim / 2 in float32: the same operations on the same types as the reference, since an
  # error in the last bit grows with the position.
  def inverse_frequencies(self: __torch__.Decoder, theta: float, dim: int) -> List[float]:
    exponents = torch.arange(0, dim, 2, dtype=4).float() / dim
    return annotate(List[float], torch.reciprocal(torch.pow(theta, exponents)).double().tolist())

  # A weight of the given shape on the given device. Called outside inference mode, so that training may use it.
  def allocate(self: __torch__.Decoder, shape: Tensor, like: Tensor, dtype: Tensor) -> Tensor:
    return torch.empty(annotate(List[int], shape.tolist()), dtype=int(dtype), device=like.device)

  # A copy of a weight in float32. Called outside inference mode, so that training may use it.
  def widen(self: __torch__.Decoder, weight: Tensor) -> Tensor:
    return weight.to(6, copy=True)

  # One of the weights.
  def weight(self: __torch__.Decoder, weights: List[Tensor], at: int) -> Tensor:
    return weights[at]

  # A weight in the layout that linear multiplies fastest.
  def packed(self: __torch__.Decoder, weight: Tensor) -> Tensor:
    return __torch__.pack_weight(weight)

  # The same as a checkpoint has it. Called outside inference mode, so that training may use it.
  def unpacked(self: __torch__.Decoder, weight: Tensor) -> Tensor:
    return __torch__.unpack_weight(weight)

  # Puts another in its place, in the list itself.
  def replace(self: __torch__.Decoder, weights: List[Tensor], at: int, weight: Tensor) -> None:
    weights[at] = weight

  # Copies raw bytes of a checkpoint, elements of the given type, over the elements of weight from start on.
  def fill(self: __torch__.Decoder, weight: Tensor, start: int, raw: Tensor, dtype: int) -> None:
    values = torch.view_copy(raw, dtype=dtype)
    weight.view([-1]).narrow(0, start, values.numel()).copy_(values)

  # Runs whole pieces of text, each a sequence of its own after the segments it sees, or, with ends, a tree of tokens, see
  # tree_masks. piece_lengths sum to T.
  # Returns the final normalised hidden states of the selected tokens (N, E) and all keys/values (layers, 2, K, T, D).
  def prefill(self: __torch__.Decoder, weights: List[Tensor], sizes: List[int], scales: List[float], windows: List[int],
              rotary: List[int], adapter: List[Tensor], tokens: List[int], positions: List[int], piece_lengths: List[int],
              ends: List[int], segments: List[Tensor], segment_starts: List[int], segment_rows: List[int],
              segment_counts: List[int], select: List[int]) -> List[Tensor]:
    device = weights[0].device
    layers = sizes[0]
    heads = sizes[1]
    kv_heads = sizes[2]
    dim = sizes[3]
    group = heads // kv_heads
    t = len(tokens)
    at_positions = torch.tensor(positions, dtype=4, device=device)
    x = __torch__.embed(torch.tensor(tokens, dtype=4, device=device), weights, scales[2])
    cos, sin = __torch__.rotary_tables(at_positions, weights[3], scales[5], x.dtype)
    window = max(windows)
    band = __torch__.window_band(windows, max(piece_lengths), device)
    trees = __torch__.tree_masks(ends, piece_lengths, at_positions, 0)
    windowed_trees = trees
    if window > 0:
      windowed_trees = __torch__.tree_masks(ends, piece_lengths, at_positions, window)
    rows = __torch__.segment_row_indices(segment_rows, segment_counts, device)
    masks = __torch__.segment_masks(segments, segment_starts, rows, at_positions, window, group)
    undropped = annotate(List[Tensor], [])
    kept = torch.empty([layers, 2, kv_heads, t, dim], dtype=x.dtype, device=device)
    for layer in range(layers):
      at = 4 + 11 * layer
      windowed = windows[layer] > 0
      query, key, value = __torch__.project(x, weights, at, adapter, 8 * layer, undropped, sizes, scales[0],
                                              rotary[layer] != 0, cos, sin)
      here = kept[layer]
      here[0].copy_(key.transpose(0, 1))
      here[1].copy_(value.transpose(0, 1))
      layer_trees = trees
      if windowed:
        layer_trees = windowed_trees
      out, denominator = __torch__.attend_within_pieces(query, here[0], here[1], piece_lengths, windows[layer], band,
                                                        layer_trees, sizes[5], scales[1])
      if len(segments) > 0:
        out = __torch__.attend_to_segments(query, out, denominator, layer, segments, rows, masks, windowed, sizes[5],
                                           scales[1])
      x = __torch__.finish(x, out.reshape([t, heads * dim]), weights, at, adapter, 8 * layer, undropped, sizes[4], scales[0],
                           scales[3])
    selected = x.index_select(0, torch.tensor(select, dtype=4, device=device))
    return [__torch__.rms_norm(selected, weights[1], scales[0]), kept]

  # One token for each of R rows. cache (layers, 2, rows, K, slots, D) holds each row's own keys/values, at least R rows
  # of at least max(lengths) slots; lengths count the row's own tokens with this one, whose keys/values are written into
  # the cache. Returns the final normalised hidden states (R, E).
  def decode(self: __torch__.Decoder, weights: List[Tensor], sizes: List[int], scales: List[float], windows: List[int],
             rotary: List[int], adapter: List[Tensor], tokens: List[int], positions: List[int], lengths: List[int], cache: Tensor,
             segments: List[Tensor], segment_starts: List[int], segment_rows: List[int],
             segment_counts: List[int]) -> Tensor:
    device = weights[0].device
    layers = sizes[0]
    heads = sizes[1]
    kv_heads = sizes[2]
    dim = sizes[3]
    r = len(tokens)
    slots = cache.size(4)
    longest = max(lengths)
    at_positions = torch.tensor(positions, dtype=4, device=device)
    own = torch.tensor(lengths, dtype=4, device=device)
    x = __torch__.embed(torch.tensor(tokens, dtype=4, device=device), weights, scales[2])
    cos, sin = __torch__.rotary_tables(at_positions, weights[3], scales[5], x.dtype)
    window = max(windows)
    of_each_head = torch.arange(r * kv_heads, device=device).view([r, kv_heads]) * slots
    written = (of_each_head + own.unsqueeze(1) - 1).flatten()
    slot = torch.arange(longest, device=device).unsqueeze(0)
    visible = slot < own.unsqueeze(1)
    mask: Optional[Tensor] = None
    if min(lengths) < longest:
      mask = __torch__.additive(visible).unsqueeze(1).unsqueeze(1)
    windowed_mask: Optional[Tensor] = mask
    if window > 0 and longest > window:
      in_window = torch.logical_and(visible, slot >= (own - window).unsqueeze(1))
      windowed_mask = __torch__.additive(in_window).unsqueeze(1).unsqueeze(1)
    rows = __torch__.segment_row_indices(segment_rows, segment_counts, device)
    masks = __torch__.segment_masks(segments, segment_starts, rows, at_positions, window, heads // kv_heads)
    undropped = annotate(List[Tensor], [])
    for layer in range(layers):
      at = 4 + 11 * layer
      windowed = windows[layer] > 0
      query, key, value = __torch__.project(x, weights, at, adapter, 8 * layer, undropped, sizes, scales[0],
                                              rotary[layer] != 0, cos, sin)
      here = cache[layer]
      places = here.view([2, -1, dim])
      places[0].index_copy_(0, written, key.flatten(0, 1))
      places[1].index_copy_(0, written, value.flatten(0, 1))
      seen = here.narrow(1, 0, r).narrow(3, 0, longest)
      layer_mask: Optional[Tensor] = mask
      if windowed:
        layer_mask = windowed_mask
      out, denominator = __torch__.attend(query, seen[0], seen[1], layer_mask, False, scales[1])
      if len(segments) > 0:
        out = __torch__.attend_to_segments(query, out, denominator, layer, segments, rows, masks, windowed, sizes[5],
                                           scales[1])
      x = __torch__.finish(x, out.reshape([r, heads * dim]), weights, at, adapter, 8 * layer, undropped, sizes[4], scales[0],
                           scales[3])
    return __torch__.rms_norm(x, weights[1], scales[0])

  # hidden (N, E) -> logits (N, V) in float32.
  def logits(self: __torch__.Decoder, weights: List[Tensor], scales: List[float], hidden: Tensor) -> Tensor:
    return __torch__.project_to_vocabulary(hidden, weights, scales[4])

  # The log-probability of each row's target, and whether it is the row's most likely token: N numbers, then N of 0 or 1.
  # The vocabulary is projected for a few rows at a time, to bound memory; the sums in double precision take fewer still,
  # which the processor's cache holds.
  def score(self: __torch__.Decoder, weights: List[Tensor], scales: List[float], hidden: Tensor,
            targets: List[int]) -> List[float]:
    target = torch.tensor(targets, dtype=4, device=hidden.device).unsqueeze(1)
    scores = annotate(List[Tensor], [])
    likeliest = annotate(List[Tensor], [])
    n = hidden.size(0)
    for start in range(0, n, 64):
      count = min(64, n - start)
      logits = __torch__.project_to_vocabulary(hidden.narrow(0, start, count), weights, scales[4])
      chosen = target.narrow(0, start, count)
      denominators = annotate(List[Tensor], [])
      for row in range(0, count, 8):
        few = logits.narrow(0, row, min(8, count - row))
        denominators.append(torch.logsumexp(few.double(), [-1]))
      scores.append(logits.gather(1, chosen).squeeze(1).double() - torch.cat(denominators))
      likeliest.append(torch.eq(torch.argmax(logits, -1), chosen.squeeze(1)).double())
    return annotate(List[float], torch.cat([torch.cat(scores), torch.cat(likeliest)]).tolist())

  # The next token of each of N rows. First delta is added to the logits of (edit row, edit id); temperature 0 then takes
  # the largest logit. Otherwise top_k (0 off), top_p and min_p restrict the candidates in this order, tokens as likely
  # as the last one kept being kept too. draws holds trials + 1 uniform numbers a row. A row whose
  # largest logit is not a finite number gives -1.
  #
  # The nucleus is never sorted out: a token is drawn from all candidates in the order of the vocabulary and belongs to
  # the nucleus if the candidates likelier than it have less than top_p of the mass; else the next draw is tried. What is
  # accepted has exactly the nucleus's distribution. Rows without luck in all trials are sorted, with the last draw.
  def sample(self: __torch__.Decoder, weights: List[Tensor], scales: List[float], hidden: Tensor, edit_rows: List[int],
             edit_ids: List[int], edit_deltas: List[float], temperature: float, top_k: int, top_p: float, min_p: float,
             draws: List[float], trials: int) -> List[int]:
    device = hidden.device
    logits = __torch__.project_to_vocabulary(hidden, weights, scales[4])
    if len(edit_rows) > 0:
      index = torch.tensor([edit_rows, edit_ids], dtype=4, device=device)
      delta = torch.tensor(edit_deltas, dtype=6, device=device)
      logits.index_put_([index[0], index[1]], delta, True)
    if temperature == 0.0:
      values, tokens = torch.max(logits, -1)
      return annotate(List[int], tokens.masked_fill(torch.logical_not(torch.isfinite(values)), -1).tolist())
    largest = torch.amax(logits, [-1], True)
    broken = torch.logical_not(torch.isfinite(largest)).squeeze(1)
    # The maximum is subtracted first: dividing it by a tiny temperature would overflow. All in place, and nothing in
    # double precision that need not be: at 64 rows each copy takes longer than the arithmetic.
    logits = logits.sub_(largest).masked_fill_(broken.unsqueeze(1), 0.0).div_(temperature)
    likelihood = torch.softmax(logits, -1)
    if top_k > 0 and top_k < likelihood.size(1):
      least = torch.topk(likelihood, top_k)[0].narrow(1, top_k - 1, 1)
      likelihood = likelihood * (likelihood >= least)
    if min_p > 0.0:
      mass = torch.sum(likelihood, [-1], True, dtype=7)
      likelihood = likelihood * (likelihood >= torch.amax(likelihood, [-1], True) * min_p)
      cumulative = torch.cumsum(likelihood, -1, dtype=7)
    else:
      cumulative = torch.cumsum(likelihood, -1, dtype=7)
      mass = cumulative.narrow(1, cumulative.size(1) - 1, 1)
    nucleus = mass * top_p
    total = cumulative.narrow(1, cumulative.size(1) - 1, 1) * (1.0 - 1e-12)
    uniform = torch.tensor(draws, dtype=7, device=device).view([-1, trials + 1])
    chosen = torch.searchsorted(cumulative, total * uniform.narrow(1, 0, 1), right=True)
    if top_p < 1.0:
      accepted = __torch__.in_nucleus(likelihood, chosen, nucleus)
      for trial in range(1, trials):
        if not bool(torch.all(accepted)):
          again = torch.nonzero(torch.logical_not(accepted)).squeeze(1)
          row = likelihood.index_select(0, again)
          target = (total * uniform.narrow(1, trial, 1)).index_select(0, again)
          retried = torch.searchsorted(cumulative.index_select(0, again), target, right=True)
          chosen.index_copy_(0, again, retried)
          accepted.index_copy_(0, again, __torch__.in_nucleus(row, retried, nucleus.index_select(0, again)))
      if not bool(torch.all(accepted)):
        left = torch.nonzero(torch.logical_not(accepted)).squeeze(1)
        row = likelihood.index_select(0, left)
        descending = torch.sort(row, -1, True)[0]
        above = torch.cumsum(descending, -1, dtype=7) - descending
        size = torch.sum(above < nucleus.index_select(0, left), [-1], True)
        row = row * (row >= descending.gather(1, size - 1))
        sums = torch.cumsum(row, -1, dtype=7)
        target = sums.narrow(1, sums.size(1) - 1, 1) * (1.0 - 1e-12) * uniform.narrow(1, trials, 1).index_select(0, left)
        chosen.index_copy_(0, left, torch.searchsorted(sums, target, right=True))
    return annotate(List[int], chosen.squeeze(1).masked_fill(broken, -1).tolist())

  # Copies of keys/values (layers, 2, K, T, D), tokens [start, start + length); of all tokens they are the same, for
  # nothing changes them.
  def slice_tokens(self: __torch__.Decoder, kept: Tensor, start: int, length: int) -> Tensor:
    if start == 0 and length == kept.size(3):
      return kept
    return kept.narrow(3, start, length).clone(memory_format=0)

  # Writes tokens [start, start + length) of kept into a row of the cache, from a slot on.
  def put(self: __torch__.Decoder, cache: Tensor, row: int, slot: int, kept: Tensor, start: int, length: int) -> None:
    cache.select(2, row).narrow(3, slot, length).copy_(kept.narrow(3, start, length))

  # Copies of a row's keys/values in the cache, slots [start, start + length).
  def slice_row(self: __torch__.Decoder, cache: Tensor, row: int, start: int, length: int) -> Tensor:
    return cache.select(2, row).narrow(3, start, length).clone(memory_format=0)

  # Copies the first slots of one row of the cache to another row.
  def move(self: __torch__.Decoder, cache: Tensor, source: int, target: int, length: int) -> None:
    cache.select(2, target).narrow(3, 0, length).copy_(cache.select(2, source).narrow(3, 0, length))

  # A cache of other dimensions with what fits of an earlier one.
  def resize(self: __torch__.Decoder, weights: List[Tensor], sizes: List[int], cache: Tensor, rows: int, slots: int) -> Tensor:
    result = torch.zeros([sizes[0], 2, rows, sizes[2], slots, sizes[3]], dtype=weights[0].dtype, device=weights[0].device)
    if cache.numel() > 0:
      r = min(rows, cache.size(2))
      n = min(slots, cache.size(4))
      result.narrow(2, 0, r).narrow(4, 0, n).copy_(cache.narrow(2, 0, r).narrow(4, 0, n))
    return result

  # The adapter of all layers' pairs, for calls that don't train.
  def fuse(self: __torch__.Decoder, pairs: List[Tensor], scalings: List[float], outputs: List[int],
           dtype: int) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    for layer in range(len(pairs) // 14):
      own = pairs[14 * layer:14 * layer + 14]
      for tensor in __torch__.fuse_layer(own, scalings[7 * layer:7 * layer + 7], outputs, dtype):
        result.append(tensor)
    return result

  # Runs pieces of text and adds the gradient of the loss, scale times the sum of the targets' negative log-probabilities,
  # to gradients. Returns that sum, unscaled. With scale 0 it only computes the sum.
  #
  # Products are computed in the type of weights. trained and gradients, float32, are either LoRA's pairs, 14 tensors a layer as
  # fuse_modules has them, or if whole is 1 the weights themselves in their order, with query/key norms (2 D) and an empty
  # vocabulary projection if it is the embedding.
  #
  # plan: the parts [whole, recompute], sizes, windows, rotary, outputs of the seven modules, tokens, piece lengths,
  #   indices of tokens with a target, targets, a seed for each piece
  # numbers: scales, scale, dropout probability, scalings of the modules
  #
  # The graph of each layer begins at the layer's own input, and is released as soon as it has been used. With recompute 1
  # it is not kept at all: only the layers' inputs are, and the layer is run a second time.
  def accumulate(self: __torch__.Decoder, weights: List[Tensor], trained: List[Tensor], gradients: List[Tensor],
                 plan: Tensor, numbers: Tensor) -> Tensor:
    device = weights[0].device
    packed = annotate(List[int], plan.tolist())
    real = annotate(List[float], numbers.tolist())
    flags = __torch__.part(packed, 0)
    whole = flags[0] != 0
    scale = real[6]
    recompute = flags[1] != 0 or scale == 0.0
    sizes = __torch__.part(packed, 1)
    windows = __torch__.part(packed, 2)
    rotary = __torch__.part(packed, 3)
    outputs = __torch__.part(packed, 4)
    tokens = torch.tensor(__torch__.part(packed, 5), dtype=4, device=device)
    lengths = __torch__.part(packed, 6)
    select = torch.tensor(__torch__.part(packed, 7), dtype=4, device=device)
    targets = torch.tensor(__torch__.part(packed, 8), dtype=4, device=device)
    seeds = __torch__.part(packed, 9)
    scales = real[0:6]
    dropout = real[7]
    scalings = real[8:]
    layers = sizes[0]
    positions = annotate(List[Tensor], [])
    for length in lengths:
      positions.append(torch.arange(length, device=device))
    embedding = weights[0]
    norm = weights[1]
    count = 14
    first = 0
    if whole:
      embedding = trained[0]
      count = 11
      first = 4
    # Below the lowest layer with anything to train nothing needs a gradient.
    lowest = layers - 1
    for i in range(len(trained) - 1, first - 1, -1):
      if trained[i].numel() > 0:
        lowest = (i - first) // count
    x = __torch__.embed(tokens, [embedding], scales[2]).to(weights[0].dtype)
    cos, sin = __torch__.rotary_tables(torch.cat(positions), weights[3], scales[5], x.dtype)
    mask = __torch__.block_mask(max(lengths), 0, x.dtype, device)
    windowed_mask = __torch__.block_mask(max(lengths), max(windows), x.dtype, device)
    masks = annotate(List[Tensor], [])
    for window in windows:
      if window > 0:
        masks.append(windowed_mask)
      else:
        masks.append(mask)
    inputs = annotate(List[Tensor], [])
    outs = annotate(List[Tensor], [])
    owned = annotate(List[List[Tensor]], [])
    for layer in range(layers):
      own = trained[first + count * layer:first + count * layer + count]
      if layer >= lowest:
        if not recompute:
          x = torch.requires_grad_(torch.detach(x))
          own = __torch__.leaves(own)
        inputs.append(x)
      out = __torch__.run_layer(x, weights, own, whole, layer, sizes, scales, rotary, outputs, scalings, lengths, seeds,
                                dropout, windows[layer], masks[layer], cos, sin)
      if layer >= lowest and not recompute:
        outs.append(out)
        owned.append(own)
      x = torch.detach(out)
    x = torch.requires_grad_(x)
    own = annotate(List[Tensor], [])
    vocabulary = weights[2]
    to_vocabulary = torch.zeros([0], device=device)
    if whole:
      own = __torch__.leaves([trained[1]])
      norm = own[0].to(x.dtype)
      vocabulary = trained[2]
      to_vocabulary = gradients[2]
      if vocabulary.numel() == 0:
        vocabulary = embedding
        to_vocabulary = gradients[0]
      vocabulary = vocabulary.to(x.dtype)
    hidden = __torch__.rms_norm(x.index_select(0, select), norm, scales[0])
    loss, slope = __torch__.vocabulary_loss(torch.detach(hidden), targets, vocabulary, sizes[4], scales[4], scale,
                                            to_vocabulary)
    if scale == 0.0:
      return loss
    slope = __torch__.backpropagate(hidden, slope, x, own, gradients, 1)
    for layer in range(layers - 1, lowest - 1, -1):
      x = inputs.pop()
      if recompute:
        x = torch.requires_grad_(torch.detach(x))
        own = __torch__.leaves(trained[first + count * layer:first + count * layer + count])
        out = __torch__.run_layer(x, weights, own, whole, layer, sizes, scales, rotary, outputs, scalings, lengths, seeds,
                                  dropout, windows[layer], masks[layer], cos, sin)
      else:
        own = owned.pop()
        out = outs.pop()
      slope = __torch__.backpropagate(out, slope, x, own, gradients, first + count * layer)
    if whole:
      gradients[0].index_add_(0, tokens, slope.float(), alpha=scales[2])
    return loss

  # One step of AdamW on all tensors, which empties the gradients. Returns the norm of all gradients before clipping; if it
  # is not a finite number, nothing else happens. first and second are the moments, biased; decay applies to matrices.
  # numbers: learning rate, beta 1, beta 2, epsilon, weight decay, largest norm or 0, number of this step from 1 on
  def adamw(self: __torch__.Decoder, trained: List[Tensor], gradients: List[Tensor], first: List[Tensor],
            second: List[Tensor], numbers: List[float]) -> float:
    rate, beta1, beta2, epsilon, decay, largest, step = numbers
    total = torch.zeros([1], dtype=7, device=gradients[0].device)
    for gradient in gradients:
      total.add_(torch.sum(torch.square(gradient), dtype=7))
    norm = float(torch.sqrt(total))
    if not torch.isfinite(norm):
      return norm
    if largest > 0.0 and norm > largest:
      for gradient in gradients:
        gradient.mul_(largest / (norm + 1e-6))
    size = rate / (1.0 - beta1 ** step)
    correction = torch.sqrt(1.0 - beta2 ** step)
    for i in range(len(trained)):
      if trained[i].numel() > 0:
        if decay != 0.0 and trained[i].dim() > 1:
          trained[i].mul_(1.0 - rate * decay)
        first[i].lerp_(gradients[i], 1.0 - beta1)
        second[i].mul_(beta2).addcmul_(gradients[i], gradients[i], value=1.0 - beta2)
        trained[i].addcdiv_(first[i], torch.sqrt(second[i]).div_(correction).add_(epsilon), value=-size)
        gradients[i].zero_()
    return norm
