# Linear maps by oneDNN, with weights in the layout that it multiplies fastest. A part of the program on processors where
# that is worth it; elsewhere plain_linear.py is. PyTorch has these operations only where it was built with oneDNN.

def multiply_by_onednn(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
  own: Optional[Tensor] = None
  if bias.numel() > 0:
    own = bias
  return ops.mkldnn._linear_pointwise(x, weight, own, "none", annotate(List[Optional[number]], []), "")


# weight is packed, or plain if it is small, there is a training, or there was no memory to pack it. Where weights are
# packed nothing is widened.
def linear(x: Tensor, weight: Tensor, bias: Tensor, widen_from: int) -> Tensor:
  if weight.is_mkldnn:
    return __torch__.multiply_by_onednn(x, weight, bias)
  if bias.numel() == 0:
    return torch.linear(x, weight)
  return torch.linear(x, weight, bias)


# The vocabulary projection stays plain if it is the embedding, and else in a training. A single row of bfloat16 is then
# multiplied in half of the time by the same operation, which for more rows would have to rearrange the weight first.
def vocabulary_linear(x: Tensor, weight: Tensor) -> Tensor:
  if weight.is_mkldnn or (x.size(0) == 1 and x.dtype == 15):
    return __torch__.multiply_by_onednn(x, weight, x.new_empty([0]))
  return torch.linear(x, weight)


# Both also take what is in their own layout already, as when only some weights could be brought into another.
def pack_weight(weight: Tensor) -> Tensor:
  if weight.is_mkldnn:
    return weight
  return ops.mkldnn._reorder_linear_weight(weight)


def unpack_weight(weight: Tensor) -> Tensor:
  if not weight.is_mkldnn:
    return weight
  return weight.to_dense()
