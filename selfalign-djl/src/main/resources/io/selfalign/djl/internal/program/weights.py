# The methods that make, fill and change weights; model.py says which there are.

class Decoder(Module):
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
