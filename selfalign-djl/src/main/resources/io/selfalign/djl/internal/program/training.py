# Training: the loss of target tokens, its gradients and AdamW.

# What accumulate computes, and of what.
class Plan(NamedTuple):
  # Whether all weights are trained, not an adapter.
  whole : bool
  # Whether the activations inside of layers are computed a second time instead of kept.
  recompute : bool
  # How many outputs each of a layer's seven modules has.
  outputs : List[int]
  # The tokens of all pieces of text, and how many each piece has.
  tokens : List[int]
  lengths : List[int]
  # The indices of the tokens that a target token follows, and the target tokens.
  predicting : List[int]
  targets : List[int]
  # A seed for each piece's dropout.
  seeds : List[int]
  # What the sum of the targets' negative log-probabilities is multiplied by; 0 to compute the sum alone.
  scale : float
  dropout : float
  # What the adapter's modules are multiplied by, seven a layer.
  scalings : List[float]


# Lists of integers, packed into one with the length of each before it.
def unpack_lists(packed: List[int]) -> List[List[int]]:
  result = annotate(List[List[int]], [])
  at = 0
  while at < len(packed):
    result.append(packed[at + 1:at + 1 + packed[at]])
    at += packed[at] + 1
  return result


# integers: the packed lists [whole, recompute], Config's sizes, windows and rotary, and Plan's lists in their order
# reals: Config's scales, scale, dropout, scalings
def plan_of(integers: List[int], reals: List[float]) -> Tuple[__torch__.Plan, __torch__.Config]:
  (flags, sizes, windows, rotary, outputs, tokens, lengths, predicting, targets,
   seeds) = __torch__.unpack_lists(integers)
  scale, dropout = reals[6:8]
  plan = __torch__.Plan(flags[0] != 0, flags[1] != 0 or scale == 0.0, outputs, tokens, lengths, predicting, targets, seeds,
                        scale, dropout, reals[8:])
  return (plan, __torch__.config_of(sizes, reals[0:6], windows, rotary))


# What is trained of a layer, or the gradients of that: pairs of LoRA, or its weights.
def trained_of_layer(tensors: List[Tensor], layer: int, whole: bool) -> List[Tensor]:
  if whole:
    return __torch__.weights_of_layer(tensors, layer)
  return __torch__.pairs_of_layer(tensors, layer)


# The lowest layer with anything to train: below it nothing needs a gradient.
def lowest_trained(trained: List[Tensor], whole: bool, layers: int) -> int:
  lowest = layers - 1
  for layer in range(layers - 1, -1, -1):
    for tensor in __torch__.trained_of_layer(trained, layer, whole):
      if tensor.numel() > 0:
        lowest = layer
  return lowest


# A layer's weights, of those that are trained, in the type of the activations: query/key norms are kept once for all
# heads there, (2 D).
def cast_weights(trained: List[Tensor], config: __torch__.Config, dtype: int) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  query_key_norm = 3
  for i in range(len(trained)):
    weight = trained[i]
    if i == query_key_norm and weight.numel() > 0:
      kinds = weight.view([2, -1])
      weight = torch.cat([kinds.narrow(0, 0, 1).expand([config.heads, -1]),
                          kinds.narrow(0, 1, 1).expand([config.kv_heads, -1])])
    result.append(weight.to(dtype))
  return result


# A layer with what is trained of it, in the type of the activations.
def trained_layer(weights: List[Tensor], trained: List[Tensor], layer: int, plan: __torch__.Plan, config: __torch__.Config,
                  dtype: int, device: Device) -> __torch__.Layer:
  if plan.whole:
    return __torch__.layer_of(__torch__.cast_weights(trained, config, dtype), __torch__.no_adapter(device),
                              __torch__.no_dropout(device))
  # Dropout scales up what it leaves.
  scaled = annotate(List[float], [])
  for scaling in __torch__.scalings_of_layer(plan.scalings, layer):
    scaled.append(scaling / (1.0 - plan.dropout))
  adapter = __torch__.fuse_layer(trained, scaled, plan.outputs, dtype)
  dropped = __torch__.no_dropout(device)
  if plan.dropout > 0.0:
    dropped = __torch__.dropout_masks(adapter, layer, plan.seeds, plan.lengths, plan.dropout)
  return __torch__.layer_of(__torch__.weights_of_layer(weights, layer), adapter, dropped)


# For each layer what block_mask gives for its window.
def layer_masks(longest: int, config: __torch__.Config, dtype: int, device: Device) -> List[Tensor]:
  mask = __torch__.block_mask(longest, 0, dtype, device)
  windowed_mask = __torch__.block_mask(longest, max(config.windows), dtype, device)
  masks = annotate(List[Tensor], [])
  for window in config.windows:
    if window > 0:
      masks.append(windowed_mask)
    else:
      masks.append(mask)
  return masks


# One layer on pieces of text, without segments; trained: what is trained of this layer.
def run_layer(x: Tensor, weights: List[Tensor], trained: List[Tensor], layer: int, mask: Tensor,
              rotation: __torch__.Rotation, plan: __torch__.Plan, config: __torch__.Config) -> Tensor:
  own = __torch__.trained_layer(weights, trained, layer, plan, config, x.dtype, x.device)
  query, key, value = __torch__.project(x, own, layer, rotation, config)
  out = __torch__.attend_in_blocks(query, key, value, plan.lengths, mask, layer, config)
  return __torch__.finish(x, out.reshape([x.size(0), -1]), own, config)


# The same tensors, outside of any graph, to differentiate with respect to.
def leaves(tensors: List[Tensor]) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  for tensor in tensors:
    result.append(torch.requires_grad_(torch.detach(tensor)))
  return result


# Adds the gradient of (out . slope) with respect to leaves to gradients, and returns that with respect to x.
def backpropagate(out: Tensor, slope: Tensor, x: Tensor, leaves: List[Tensor], gradients: List[Tensor]) -> Tensor:
  inputs = annotate(List[Tensor], [x])
  sums = annotate(List[Tensor], [])
  for i in range(len(leaves)):
    if leaves[i].numel() > 0:
      inputs.append(leaves[i])
      sums.append(gradients[i])
  computed = torch.autograd.grad([out], inputs, annotate(List[Optional[Tensor]], [slope]))
  for i in range(len(sums)):
    sums[i].add_(unchecked_cast(Tensor, computed[i + 1]))
  return unchecked_cast(Tensor, computed[0])


# The sum of the targets' negative log-probabilities (a double), and the gradient of scale times it with respect to
# hidden (N, E). The vocabulary is projected for a few rows at a time, to bound memory. If gradient has elements, the
# gradient with respect to the vocabulary projection is added to it.
def vocabulary_loss(hidden: Tensor, targets: Tensor, vocabulary: Tensor, scale: float, gradient: Tensor,
                    config: __torch__.Config) -> Tuple[Tensor, Tensor]:
  n = hidden.size(0)
  dtype = hidden.dtype
  divisor = config.logits_divisor
  if config.widen_from > 0 and n >= config.widen_from and dtype == 15:
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


# The loss of the last layer's output x, and the gradient with respect to x; adds to the gradients of the final norm and of
# the vocabulary projection where they are trained.
def loss_of(x: Tensor, outer: __torch__.OuterWeights, trained: List[Tensor], gradients: List[Tensor], plan: __torch__.Plan,
            config: __torch__.Config) -> Tuple[Tensor, Tensor]:
  norm = outer.final_norm
  vocabulary = outer.vocabulary
  vocabulary_gradient = torch.zeros([0], device=x.device)
  own = annotate(List[Tensor], [])
  own_gradients = annotate(List[Tensor], [])
  if plan.whole:
    masters = __torch__.outer_weights(trained)
    sums = __torch__.outer_weights(gradients)
    own = __torch__.leaves([masters.final_norm])
    own_gradients = [sums.final_norm]
    norm = own[0].to(x.dtype)
    vocabulary = masters.vocabulary
    vocabulary_gradient = sums.vocabulary
    # Where the vocabulary projection is the embedding, only that is trained.
    if vocabulary.numel() == 0:
      vocabulary = masters.embedding
      vocabulary_gradient = sums.embedding
    vocabulary = vocabulary.to(x.dtype)
  device = x.device
  select = torch.tensor(plan.predicting, dtype=4, device=device)
  targets = torch.tensor(plan.targets, dtype=4, device=device)
  x = torch.requires_grad_(x)
  hidden = __torch__.rms_norm(x.index_select(0, select), norm, config.norm_epsilon)
  loss, slope = __torch__.vocabulary_loss(torch.detach(hidden), targets, vocabulary, plan.scale, vocabulary_gradient, config)
  if plan.scale == 0.0:
    return (loss, slope)
  return (loss, __torch__.backpropagate(hidden, slope, x, own, own_gradients))


class Decoder(Module):
  # Runs pieces of text and adds the gradient of the loss, scale times the sum of the target tokens' negative
  # log-probabilities, to gradients. Returns that sum, unscaled. With scale 0 it only computes the sum.
  #
  # Matrix multiplications are computed in the type of weights. trained and gradients, float32, are either the pairs of LoRA,
  # see lora.py, or the weights themselves in their order, with query/key norms (2 D) and an empty vocabulary projection if
  # it is the embedding. integers and reals: see plan_of.
  #
  # The graph of each layer begins at the layer's own input, and is released as soon as it has been used. If the plan says
  # recompute, it is not kept at all: only the layers' inputs are, and the layer is run a second time.
  def accumulate(self: __torch__.Decoder, weights: List[Tensor], trained: List[Tensor], gradients: List[Tensor],
                 integers: Tensor, reals: Tensor) -> Tensor:
    plan, config = __torch__.plan_of(annotate(List[int], integers.tolist()), annotate(List[float], reals.tolist()))
    outer = __torch__.outer_weights(weights)
    device = outer.final_norm.device
    dtype = outer.final_norm.dtype
    embedding = outer.embedding
    if plan.whole:
      embedding = __torch__.outer_weights(trained).embedding
    positions = annotate(List[Tensor], [])
    for length in plan.lengths:
      positions.append(torch.arange(length, device=device))
    rotation = __torch__.rotary_tables(torch.cat(positions), outer.inverse_frequencies, config, dtype)
    masks = __torch__.layer_masks(max(plan.lengths), config, dtype, device)
    lowest = __torch__.lowest_trained(trained, plan.whole, config.layers)
    tokens = torch.tensor(plan.tokens, dtype=4, device=device)
    x = __torch__.embed(tokens, embedding, config).to(dtype)
    inputs = annotate(List[Tensor], [])
    outs = annotate(List[Tensor], [])
    owned = annotate(List[List[Tensor]], [])
    for layer in range(config.layers):
      own = __torch__.trained_of_layer(trained, layer, plan.whole)
      if layer >= lowest:
        if not plan.recompute:
          x = torch.requires_grad_(torch.detach(x))
          own = __torch__.leaves(own)
        inputs.append(x)
      out = __torch__.run_layer(x, weights, own, layer, masks[layer], rotation, plan, config)
      if layer >= lowest and not plan.recompute:
        outs.append(out)
        owned.append(own)
      x = torch.detach(out)
    loss, slope = __torch__.loss_of(x, outer, trained, gradients, plan, config)
    if plan.scale == 0.0:
      return loss
    for layer in range(config.layers - 1, lowest - 1, -1):
      x = inputs.pop()
      if plan.recompute:
        x = torch.requires_grad_(torch.detach(x))
        own = __torch__.leaves(__torch__.trained_of_layer(trained, layer, plan.whole))
        out = __torch__.run_layer(x, weights, own, layer, masks[layer], rotation, plan, config)
      else:
        own = owned.pop()
        out = outs.pop()
      slope = __torch__.backpropagate(out, slope, x, own, __torch__.trained_of_layer(gradients, layer, plan.whole))
    if plan.whole:
      embedding_gradient = __torch__.outer_weights(gradients).embedding
      embedding_gradient.index_add_(0, tokens, slope.float(), alpha=config.embedding_multiplier)
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
