# Attention of queries to one set of keys, by whichever operations are fastest. All functions also return the logarithm of
# the softmax's denominator, with which attention to two sets of keys can be merged.

# query (B, N, Q, D), key and value (B, N, L, D), any strides; mask added to the scores, broadcastable to (B, N, Q, L).
# Masks use a large negative number instead of minus infinity: a query that sees no key of a set then gets weight 0 in
# the merge, and no NaN. Returns (B, N, Q, D) and (B, N, Q).
def attend(query: Tensor, key: Tensor, value: Tensor, mask: Optional[Tensor], causal: bool,
           scale: float) -> Tuple[Tensor, Tensor]:
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
    # Causal attention has as many keys as queries, and a block sees none after its end.
    count = key.size(2)
    if causal:
      count = start + rows
    scores = torch.matmul(query.narrow(2, start, rows) * scale, keys.narrow(3, 0, count)).float()
    if causal:
      future = torch.ones([rows, count], dtype=11, device=query.device).triu(start + 1)
      scores = scores.masked_fill(future, -1e30)
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


# The same of bfloat16, made of matrix multiplications. query (B, Q, D), key and value (B, L, D), contiguous; future (b, b), if
# it has elements, is a large number where a query may not see one of the last b keys, for every b queries, and else 0.
# Returns (B, Q, D) and (B, Q).
#
# A score that is rounded to bfloat16 has an error that grows with it, so that those that weigh most would be the worst. The
# first multiplication finds each query's largest score; the second is made with that subtracted before it is rounded, so that
# what weighs most is near 0. But the largest score is rounded itself: where it is over 1,000, that would show, and the fused
# operation is used.
def attend_by_matmul(query: Tensor, key: Tensor, value: Tensor, future: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
  keys = key.transpose(1, 2)
  scores = torch.bmm(query, keys)
  last = scores
  size = future.size(0)
  if size > 0:
    last = scores.view([scores.size(0), -1, size, scores.size(2)]).narrow(3, scores.size(2) - size, size)
    last.sub_(future)
  largest = torch.amax(scores, [-1], True)
  if float(torch.amax(torch.abs(largest))) * scale > 1000.0:
    return __torch__.attend_fused(query, key, value, future, scale)
  scores.copy_(largest)
  if size > 0:
    last.add_(future)
  scores.baddbmm_(query, keys, beta=-scale, alpha=scale).exp_()
  sums = torch.sum(scores, [-1], True, dtype=6)
  out = torch.bmm(scores, value).div_(sums)
  return (out, torch.add(torch.log(sums), largest, alpha=scale).squeeze(-1))


# What attend_by_matmul computes, of any type, by attend.
def attend_fused(query: Tensor, key: Tensor, value: Tensor, future: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
  mask: Optional[Tensor] = None
  size = future.size(0)
  if size > 0:
    some = torch.constant_pad_nd(-future.float(), [key.size(1) - size, 0])
    mask = some.repeat([query.size(1) // size, 1])
  y, a = __torch__.attend(query.unsqueeze(0), key.unsqueeze(0), value.unsqueeze(0), mask, False, scale)
  return (y.squeeze(0), a.squeeze(0))


# The attention of all queries (K, Q, D) to all keys (K, L, D) without a mask, by whichever operations are faster.
def attend_to_all(query: Tensor, key: Tensor, value: Tensor, matmul_from: int, scale: float) -> Tuple[Tensor, Tensor]:
  k, q, d = query.size()
  nothing = torch.empty([0], device=query.device)
  if matmul_from == 0 or k * q * key.size(1) < matmul_from or query.dtype != 15:
    return __torch__.attend_fused(query, key, value, nothing, scale)
  # The processor's cache can hold the scores.
  at_a_time = max(64, 2097152 // (k * key.size(1)))
  outs = annotate(List[Tensor], [])
  denominators = annotate(List[Tensor], [])
  for start in range(0, q, at_a_time):
    part = query.narrow(1, start, min(at_a_time, q - start)).contiguous()
    y, a = __torch__.attend_by_matmul(part, key, value, nothing, scale)
    outs.append(y)
    denominators.append(a)
  if len(outs) == 1:
    return (outs[0], denominators[0])
  return (torch.cat(outs, 1), torch.cat(denominators, 1))


# Causal attention by matrix multiplications, of blocks of queries to what is before their end. query (K, G, T, D), key and
# value (K, T, D). Returns (T, K, G, D) and (T, K, G).
def attend_causally_by_matmul(query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tuple[Tensor, Tensor]:
  k, g, t, d = query.size()
  size = 256
  while size > 64 and k * g * size * t > 4194304:
    size = size // 2
  future = torch.full([size, size], 1e30, dtype=query.dtype, device=query.device).triu(1)
  outs = annotate(List[Tensor], [])
  denominators = annotate(List[Tensor], [])
  for start in range(0, t, size):
    rows = min(size, t - start)
    block = query.narrow(2, start, rows).reshape([k, g * rows, d])
    y, a = __torch__.attend_by_matmul(block, key.narrow(1, 0, start + rows).contiguous(),
                                      value.narrow(1, 0, start + rows).contiguous(), future[0:rows, 0:rows], scale)
    outs.append(y.view([k, g, rows, d]).permute([2, 0, 1, 3]))
    denominators.append(a.view([k, g, rows]).permute([2, 0, 1]))
  return (torch.cat(outs, 0), torch.cat(denominators, 0))


# What is added to scores, in float32, of which keys are visible.
def additive(visible: Tensor) -> Tensor:
  mask = torch.zeros(visible.size(), dtype=6, device=visible.device)
  return mask.masked_fill_(torch.logical_not(visible), -1e30)
