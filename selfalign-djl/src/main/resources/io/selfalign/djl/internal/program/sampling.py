# From final hidden states to logits, scores and the next token.

def project_to_vocabulary(hidden: Tensor, weights: List[Tensor], config: __torch__.Config) -> Tensor:
  logits = __torch__.vocabulary_linear(hidden, __torch__.outer_weights(weights).vocabulary).float()
  if config.logits_divisor != 1.0:
    logits = logits / config.logits_divisor
  return logits


# Adds delta to the logits of (row, id), in place.
def edit_logits(logits: Tensor, rows: List[int], ids: List[int], deltas: List[float]) -> None:
  if len(rows) > 0:
    index = torch.tensor([rows, ids], dtype=4, device=logits.device)
    delta = torch.tensor(deltas, dtype=6, device=logits.device)
    logits.index_put_([index[0], index[1]], delta, True)


# The likelihood of each token (N, V) at a temperature over 0, of those that top_k keeps; changes logits.
def likelihoods(logits: Tensor, largest: Tensor, broken: Tensor, temperature: float, top_k: int) -> Tensor:
  # The maximum is subtracted first: dividing it by a tiny temperature would overflow. All in place, and nothing in
  # double precision that need not be: at 64 rows each copy takes longer than the arithmetic.
  logits = logits.sub_(largest).masked_fill_(broken.unsqueeze(1), 0.0).div_(temperature)
  likelihood = torch.softmax(logits, -1)
  if top_k > 0 and top_k < likelihood.size(1):
    least = torch.topk(likelihood, top_k)[0].narrow(1, top_k - 1, 1)
    likelihood = likelihood * (likelihood >= least)
  return likelihood


# Whether each row's chosen token (N, 1) has candidates of less than the nucleus's mass (N, 1) above it.
def in_nucleus(likelihood: Tensor, chosen: Tensor, nucleus: Tensor) -> Tensor:
  above = likelihood.masked_fill(likelihood <= likelihood.gather(1, chosen), 0.0)
  return (torch.sum(above, [-1], True) < nucleus).squeeze(1)


# Draws again, with uniform (N, trials + 1), what is not in the nucleus, in place of chosen (N, 1).
def draw_within_nucleus(chosen: Tensor, likelihood: Tensor, cumulative: Tensor, total: Tensor, nucleus: Tensor,
                        uniform: Tensor, trials: int) -> None:
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


class Decoder(Module):
  # hidden (N, E) -> logits (N, V) in float32.
  def logits(self: __torch__.Decoder, weights: List[Tensor], config: __torch__.Config, hidden: Tensor) -> Tensor:
    return __torch__.project_to_vocabulary(hidden, weights, config)

  # The log-probability of each row's target token, and whether it is the row's most likely one: N numbers, then N of 0 or 1.
  # The vocabulary is projected for a few rows at a time, to bound memory; the sums in double precision take fewer still,
  # which the processor's cache holds.
  def score(self: __torch__.Decoder, weights: List[Tensor], config: __torch__.Config, hidden: Tensor,
            targets: List[int]) -> List[float]:
    target = torch.tensor(targets, dtype=4, device=hidden.device).unsqueeze(1)
    scores = annotate(List[Tensor], [])
    likeliest = annotate(List[Tensor], [])
    n = hidden.size(0)
    for start in range(0, n, 64):
      count = min(64, n - start)
      logits = __torch__.project_to_vocabulary(hidden.narrow(0, start, count), weights, config)
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
  def sample(self: __torch__.Decoder, weights: List[Tensor], config: __torch__.Config, hidden: Tensor, edit_rows: List[int],
             edit_ids: List[int], edit_deltas: List[float], temperature: float, top_k: int, top_p: float, min_p: float,
             draws: List[float], trials: int) -> List[int]:
    logits = __torch__.project_to_vocabulary(hidden, weights, config)
    __torch__.edit_logits(logits, edit_rows, edit_ids, edit_deltas)
    if temperature == 0.0:
      values, tokens = torch.max(logits, -1)
      return annotate(List[int], tokens.masked_fill(torch.logical_not(torch.isfinite(values)), -1).tolist())
    largest = torch.amax(logits, [-1], True)
    broken = torch.logical_not(torch.isfinite(largest)).squeeze(1)
    likelihood = __torch__.likelihoods(logits, largest, broken, temperature, top_k)
    if min_p > 0.0:
      mass = torch.sum(likelihood, [-1], True, dtype=7)
      likelihood = likelihood * (likelihood >= torch.amax(likelihood, [-1], True) * min_p)
      cumulative = torch.cumsum(likelihood, -1, dtype=7)
    else:
      cumulative = torch.cumsum(likelihood, -1, dtype=7)
      mass = cumulative.narrow(1, cumulative.size(1) - 1, 1)
    total = cumulative.narrow(1, cumulative.size(1) - 1, 1) * (1.0 - 1e-12)
    uniform = torch.tensor(draws, dtype=7, device=hidden.device).view([-1, trials + 1])
    chosen = torch.searchsorted(cumulative, total * uniform.narrow(1, 0, 1), right=True)
    if top_p < 1.0:
      __torch__.draw_within_nucleus(chosen, likelihood, cumulative, total, mass * top_p, uniform, trials)
    return annotate(List[int], chosen.squeeze(1).masked_fill(broken, -1).tolist())
