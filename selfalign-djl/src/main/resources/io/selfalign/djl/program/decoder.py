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
#   post-attention norm, gate/up weight (2 I, E) and bias, down weight and bias
# sizes:  [layers, H, K, D, W]; products of at least W rows of bfloat16 are computed in float32, 0 for never
# scales: [norm epsilon, attention scale, embedding multiplier, residual multiplier, logits divisor, rotary scaling]
# windows: for each layer how many keys a query sees, itself included; 0 means all
# rotary: for each layer 1 if it rotates queries and keys, 0 if not
#
# segments: keys/values that several rows may share, each (layers, 2, length, K, D); segment_starts: the position of each
#   one's first token; segment_rows and segment_counts: which tokens of this call see it, the lists of all segments one
#   after the other; a count of -1 means all tokens. Segments lie wholly before the tokens that see them.

# Where the processor multiplies bfloat16 more slowly than float32, many rows repay converting the weight for each
# product: values of bfloat16 are exact in float32, so only the order of the sums differs.
def linear(x: Tensor, weight: Tensor, bias: Tensor, widen_from: int) -> Tensor:
  dtype = x.dtype
  if widen_from > 0 and x.size(0) >= widen_from and dtype == 15:
    x = x.float()
    weight = weight.float()
    bias = bias.float()
  if bias.numel() == 0:
    return torch.linear(x, weight).to(dtype)
  return torch.linear(x, weight, bias).to(dtype)


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
  scores = torch.matmul(query * scale, key.transpose(-2, -1)).float()
  if causal:
    hidden = torch.ones([query.size(2), key.size(2)], dtype=11, device=query.device).triu(1)
    scores = scores.masked_fill(hidden, -1e30)
  if mask is not None:
    scores = scores + mask
  denominator = torch.logsumexp(scores, [-1])
  weights = torch.exp(scores - denominator.unsqueeze(-1)).to(value.dtype)
  return (torch.matmul(weights, value), denominator)


# Turns "may see" into what is added to scores, in float32.
def additive(visible: Tensor) -> Tensor:
  mask = torch.zeros(visible.size(), dtype=6, device=visible.device)
  return mask.masked_fill_(torch.logical_not(visible), -1e30)


# Attention of all tokens to the segments they see, merged into the attention to their own keys:
# out = (exp(a) x + exp(b) y) / (exp(a) + exp(b)) for outputs x, y with log-denominators a, b.
# All tokens that see a segment are the queries of one sequence, and the G heads of a key/value head too, so each
# segment is read once. query and out (T, K, G, D), denominator (T, K, G).
def attend_to_segments(query: Tensor, out: Tensor, denominator: Tensor, layer: int, segments: List[Tensor],
                       rows: List[Tensor], masks: List[Tensor], masked: bool, scale: float) -> Tensor:
  for s in range(len(segments)):
    segment = segments[s]
    seen = segment[layer]
    selected = query
    everyone = rows[s].numel() == 0
    if not everyone:
      selected = query.index_select(0, rows[s])
    t, k, g, d = selected.size()
    mask: Optional[Tensor] = None
    if masked and masks[s].numel() > 0:
      mask = masks[s]
    y, b = __torch__.attend(selected.permute([1, 0, 2, 3]).reshape([1, k, t * g, d]), seen[0].transpose(0, 1).unsqueeze(0),
                            seen[1].transpose(0, 1).unsqueeze(0), mask, False, scale)
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
      keys = torch.arange(starts[s], starts[s] + segments[s].size(2), device=positions.device)
      visible = keys.unsqueeze(0) > (queries - window).unsqueeze(1)
      result.append(__torch__.additive(visible.repeat_interleave(group, 0)).unsqueeze(0).unsqueeze(0))
  return result


# The part of a layer before attention: normalised input, projected, q and k normalised and rotated.
# x (T, E); returns query (T, K, G, D), key (T, K, D), value (T, K, D).
def project(x: Tensor, weights: List[Tensor], at: int, sizes: List[int], eps: float, rotary: bool, cos: Tensor,
            sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  heads = sizes[1]
  kv_heads = sizes[2]
  dim = sizes[3]
  t = x.size(0)
  qkv = __torch__.linear(__torch__.rms_norm(x, weights[at], eps), weights[at + 1], weights[at + 2],
                          sizes[4])
  qkv = qkv.view([t, heads + 2 * kv_heads, dim])
  qk = qkv.narrow(1, 0, heads + kv_heads)
  if weights[at + 3].numel() > 0:
    qk = __torch__.rms_norm(qk, weights[at + 3], eps)
  if rotary:
    qk = __torch__.rotate(qk, cos, sin)
  query = qk.narrow(1, 0, heads).unflatten(1, [kv_heads, heads // kv_heads])
  return (query, qk.narrow(1, heads, kv_heads), qkv.narrow(1, heads + kv_heads, kv_heads))


# The part of a layer after attention: output projection and MLP, each added to the residual stream.
def finish(x: Tensor, attended: Tensor, weights: List[Tensor], at: int, widen_from: int, eps: float,
           residual: float) -> Tensor:
  x = torch.add(x, __torch__.linear(attended, weights[at + 4], weights[at + 5], widen_from), alpha=residual)
  h = __torch__.linear(__torch__.rms_norm(x, weights[at + 6], eps), weights[at + 7], weights[at + 8], widen_from)
  half = h.size(-1) // 2
  h = torch.silu(h.narrow(-1, 0, half)) * h.narrow(-1, half, half)
  return torch.add(x, __torch__.linear(h, weights[at + 9], weights[at + 10], widen_from), alpha=residual)


def embed(tokens: Tensor, weights: List[Tensor], multiplier: float) -> Tensor:
  x = torch.embedding(weights[0], tokens)
  if multiplier != 1.0:
    x = x * multiplier
  return x


def project_to_vocabulary(hidden: Tensor, weights: List[Tensor], divisor: float) -> Tensor:
  logits = torch.linear(hidden, weights[2]).float()
  if divisor != 1.0:
    logits = logits / divisor
  return logits


# Whether each row's chosen token (N, 1) has candidates of less than the nucleus's mass (N, 1) above it.
def in_nucleus(likelihood: Tensor, chosen: Tensor, nucleus: Tensor) -> Tensor:
  above = likelihood * (likelihood > likelihood.gather(1, chosen))
  return (torch.sum(above, [-1], True, dtype=7) < nucleus).squeeze(1)


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

  # Copies raw bytes of a checkpoint, elements of the given type, over the elements of weight from start on.
  def fill(self: __torch__.Decoder, weight: Tensor, start: int, raw: Tensor, dtype: int) -> None:
    values = torch.view_copy(raw, dtype=dtype)
    weight.view([-1]).narrow(0, start, values.numel()).copy_(values)

  # Runs whole pieces of text, each a sequence of its own after the segments it sees. piece_lengths sum to T.
  # Returns the final normalised hidden states of the selected tokens (N, E) and all keys/values (layers, 2, T, K, D).
  def prefill(self: __torch__.Decoder, weights: List[Tensor], sizes: List[int], scales: List[float], windows: List[int],
              rotary: List[int], tokens: List[int], positions: List[int], piece_lengths: List[int],
              segments: List[Tensor], segment_starts: List[int], segment_rows: List[int], segment_counts: List[int],
              select: List[int]) -> List[Tensor]:
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
    longest = max(piece_lengths)
    band = torch.zeros([0], device=device)
    if window > 0 and longest > window:
      index = torch.arange(longest, device=device)
      distance = index.unsqueeze(1) - index.unsqueeze(0)
      band = __torch__.additive(torch.logical_and(distance >= 0, distance < window))
    rows = __torch__.segment_row_indices(segment_rows, segment_counts, device)
    masks = __torch__.segment_masks(segments, segment_starts, rows, at_positions, window, group)
    kept = torch.empty([layers, 2, t, kv_heads, dim], dtype=x.dtype, device=device)
    for layer in range(layers):
      at = 4 + 11 * layer
      windowed = windows[layer] > 0
      query, key, value = __torch__.project(x, weights, at, sizes, scales[0], rotary[layer] != 0, cos, sin)
      here = kept[layer]
      here[0].copy_(key)
      here[1].copy_(value)
      # (K, G, T, D): key/value heads are the batch, and the G heads of each share its keys through a stride of 0.
      q = query.permute([1, 2, 0, 3])
      k = key.permute([1, 0, 2]).unsqueeze(1).expand([-1, group, -1, -1])
      v = value.permute([1, 0, 2]).unsqueeze(1).expand([-1, group, -1, -1])
      outs = annotate(List[Tensor], [])
      denominators = annotate(List[Tensor], [])
      start = 0
      for length in piece_lengths:
        mask: Optional[Tensor] = None
        if windowed and length > windows[layer]:
          mask = band[0:length, 0:length]
        y, a = __torch__.attend(q.narrow(2, start, length), k.narrow(2, start, length), v.narrow(2, start, length),
                                mask, mask is None, scales[1])
        outs.append(y.permute([2, 0, 1, 3]))
        denominators.append(a.permute([2, 0, 1]))
        start += length
      out = outs[0]
      if len(outs) > 1:
        out = torch.cat(outs, 0)
      if len(segments) > 0:
        denominator = torch.cat(denominators, 0)
        out = __torch__.attend_to_segments(query, out, denominator, layer, segments, rows, masks, windowed, scales[1])
      x = __torch__.finish(x, out.reshape([t, heads * dim]), weights, at, sizes[4], scales[0], scales[3])
    selected = x.index_select(0, torch.tensor(select, dtype=4, device=device))
    return [__torch__.rms_norm(selected, weights[1], scales[0]), kept]

  # One token for each of R rows. cache (layers, 2, rows, slots, K, D) holds each row's own keys/values, at least R rows
  # of at least max(lengths) slots; lengths count the row's own tokens with this one, whose keys/values are written into
  # the cache. Returns the final normalised hidden states (R, E).
  def decode(self: __torch__.Decoder, weights: List[Tensor], sizes: List[int], scales: List[float], windows: List[int],
             rotary: List[int], tokens: List[int], positions: List[int], lengths: List[int], cache: Tensor,
             segments: List[Tensor], segment_starts: List[int], segment_rows: List[int],
             segment_counts: List[int]) -> Tensor:
    device = weights[0].device
    layers = sizes[0]
    heads = sizes[1]
    kv_heads = sizes[2]
    dim = sizes[3]
    r = len(tokens)
    slots = cache.size(3)
    longest = max(lengths)
    at_positions = torch.tensor(positions, dtype=4, device=device)
    own = torch.tensor(lengths, dtype=4, device=device)
    x = __torch__.embed(torch.tensor(tokens, dtype=4, device=device), weights, scales[2])
    cos, sin = __torch__.rotary_tables(at_positions, weights[3], scales[5], x.dtype)
    window = max(windows)
    written = torch.arange(r, device=device) * slots + own - 1
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
    for layer in range(layers):
      at = 4 + 11 * layer
      windowed = windows[layer] > 0
      query, key, value = __torch__.project(x, weights, at, sizes, scales[0], rotary[layer] != 0, cos, sin)
      here = cache[layer]
      here.view([2, -1, kv_heads, dim])[0].index_copy_(0, written, key)
      here.view([2, -1, kv_heads, dim])[1].index_copy_(0, written, value)
      seen = here.narrow(1, 0, r).narrow(2, 0, longest).transpose(2, 3)
      layer_mask: Optional[Tensor] = mask
      if windowed:
        layer_mask = windowed_mask
      out, denominator = __torch__.attend(query, seen[0], seen[1], layer_mask, False, scales[1])
      if len(segments) > 0:
        out = __torch__.attend_to_segments(query, out, denominator, layer, segments, rows, masks, windowed, scales[1])
      x = __torch__.finish(x, out.reshape([r, heads * dim]), weights, at, sizes[4], scales[0], scales[3])
    return __torch__.rms_norm(x, weights[1], scales[0])

  # hidden (N, E) -> logits (N, V) in float32.
  def logits(self: __torch__.Decoder, weights: List[Tensor], scales: List[float], hidden: Tensor) -> Tensor:
    return __torch__.project_to_vocabulary(hidden, weights, scales[4])

  # The log-probability of each row's target, and whether it is the row's most likely token: N numbers, then N of 0 or 1.
  # The vocabulary is projected for a few rows at a time, to bound memory.
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
      scores.append(logits.gather(1, chosen).squeeze(1).double() - torch.logsumexp(logits.double(), [-1]))
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
    largest = torch.amax(logits, [-1], True)
    broken = torch.logical_not(torch.isfinite(largest)).squeeze(1)
    if temperature == 0.0:
      return annotate(List[int], torch.argmax(logits, -1).masked_fill(broken, -1).tolist())
    # The maximum is subtracted first: dividing it by a tiny temperature would overflow.
    logits = (logits - largest).masked_fill(broken.unsqueeze(1), 0.0)
    likelihood = torch.softmax(logits / temperature, -1)
    if top_k > 0 and top_k < likelihood.size(1):
      least = torch.topk(likelihood, top_k)[0].narrow(1, top_k - 1, 1)
      likelihood = likelihood * (likelihood >= least)
    nucleus = torch.sum(likelihood, [-1], True, dtype=7) * top_p
    if min_p > 0.0:
      likelihood = likelihood * (likelihood >= torch.amax(likelihood, [-1], True) * min_p)
    cumulative = torch.cumsum(likelihood, -1, dtype=7)
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

  # Copies of keys/values (layers, 2, T, K, D), tokens [start, start + length).
  def slice_tokens(self: __torch__.Decoder, kept: Tensor, start: int, length: int) -> Tensor:
    return kept.narrow(2, start, length).clone()

  # Writes tokens [start, start + length) of kept into a row of the cache, from a slot on.
  def put(self: __torch__.Decoder, cache: Tensor, row: int, slot: int, kept: Tensor, start: int, length: int) -> None:
    cache.select(2, row).narrow(2, slot, length).copy_(kept.narrow(2, start, length))

  # Copies the first slots of one row of the cache to another row.
  def move(self: __torch__.Decoder, cache: Tensor, source: int, target: int, length: int) -> None:
    cache.select(2, target).narrow(2, 0, length).copy_(cache.select(2, source).narrow(2, 0, length))

  # A cache of other dimensions with what fits of an earlier one.
  def resize(self: __torch__.Decoder, weights: List[Tensor], sizes: List[int], cache: Tensor, rows: int, slots: int) -> Tensor:
    result = torch.zeros([sizes[0], 2, rows, slots, sizes[2], sizes[3]], dtype=weights[0].dtype, device=weights[0].device)
    if cache.numel() > 0:
      r = min(rows, cache.size(2))
      n = min(slots, cache.size(3))
      result.narrow(2, 0, r).narrow(3, 0, n).copy_(cache.narrow(2, 0, r).narrow(3, 0, n))
    return result
