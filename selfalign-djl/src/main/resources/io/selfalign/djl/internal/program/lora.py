# Adapters. A layer has seven modules that LoRA can adapt, in the order q, k, v, output, gate, up, down: a pair A_i (r_i,
# inputs), B_i (outputs_i, r_i) each, two empty tensors where there is none, 14 in all. Modules that share an input are one
# linear map in layer.py, so an adapter is eight tensors a layer there: a pair A, B for each of query_key_value, output, gate_up
# and down. LoRA's scaling is in B.

# The pairs of a layer, of those of all layers.
def pairs_of_layer(pairs: List[Tensor], layer: int) -> List[Tensor]:
  return pairs[14 * layer:14 * layer + 14]


# The scalings of a layer's modules, of those of all layers.
def scalings_of_layer(scalings: List[float], layer: int) -> List[float]:
  return scalings[7 * layer:7 * layer + 7]


# The eight tensors of a layer, of those of all layers.
def adapter_of_layer(adapter: List[Tensor], layer: int) -> List[Tensor]:
  return adapter[8 * layer:8 * layer + 8]


# Modules [first, last), which share an input, as one pair: all A_i one below the other, and the B_i, scaled, as blocks along
# a diagonal.
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


# A layer's eight tensors, of its seven pairs; outputs has the number of outputs of each module.
def fuse_layer(pairs: List[Tensor], scalings: List[float], outputs: List[int], dtype: int) -> List[Tensor]:
  result = annotate(List[Tensor], [])
  for span in [[0, 3], [3, 4], [4, 6], [6, 7]]:
    a, b = __torch__.fuse_modules(pairs, scalings, outputs, span[0], span[1], dtype)
    result.append(a)
    result.append(b)
  return result


# The eight tensors of a layer without an adapter.
def no_adapter(device: Device) -> List[Tensor]:
  nothing = torch.zeros([0], device=device)
  return [nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing]


# The masks of a layer without dropout.
def no_dropout(device: Device) -> List[Tensor]:
  nothing = torch.zeros([0], device=device)
  return [nothing, nothing, nothing, nothing]


# The elements that dropout sets to zero at the inputs of a layer's four linear maps, (T, inputs) each, an empty tensor
# where there is no adapter. Each piece has a seed of its own, so that its masks don't depend on what else is in the call.
def dropout_masks(adapter: List[Tensor], layer: int, seeds: List[int], piece_lengths: List[int],
                  probability: float) -> List[Tensor]:
  masks = annotate(List[Tensor], [])
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


class Decoder(Module):
  # The adapter of all layers, for calls that don't train.
  def fuse(self: __torch__.Decoder, pairs: List[Tensor], scalings: List[float], outputs: List[int],
           dtype: int) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    for layer in range(len(scalings) // 7):
      scaled = __torch__.scalings_of_layer(scalings, layer)
      for tensor in __torch__.fuse_layer(__torch__.pairs_of_layer(pairs, layer), scaled, outputs, dtype):
        result.append(tensor)
    return result
