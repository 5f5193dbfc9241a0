

# Linear maps by oneDNN, with weights in the layout that it multiplies fastest. A part of decoder.py on processors where
# that is worth it; elsewhere plain_linear.py is. PyTorch has these operations only where it was built with oneDNN.

# The vocabulary projection isn't packed if it is the embedding. As large a weight is multiplied faster by this operation
# all the same, in float32 and with a single row.
def linear(x: Tensor, weight: Tensor, bias: Tensor, widen_from: int) -> Tensor:
  plain = not weight.is_mkldnn
  if plain and weight.numel() >= 8388608 and not x.requires_grad:
    plain = x.size(0) > 1 and x.dtype != 6
  if plain:
    if bias.numel() == 0:
      return torch.linear(x, weight)
    return torch.linear(x, weight, bias)
  own: Optional[Tensor] = None
  if bias.numel() > 0:
    own = bias
  return ops.mkldnn._linear_pointwise(x, weight, own, "none", annotate(List[Optional[number]], []), "")


def pack_weight(weight: Tensor) -> Tensor:
  if weight.is_mkldnn:
    return weight
  return ops.mkldnn._reorder_linear_weight(weight)


def unpack_weight(weight: Tensor) -> Tensor:
  if not weight.is_mkldnn:
    return weight
  return weight.to_dense()
