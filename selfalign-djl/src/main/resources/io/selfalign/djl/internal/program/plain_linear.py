# Linear maps with weights as a checkpoint has them, (outputs, inputs). A part of the program where packed_linear.py
# is not.

# Where the processor multiplies bfloat16 more slowly than float32, many rows repay converting the weight for each
# multiplication: values of bfloat16 are exact in float32, so only the order of the sums differs.
def linear(x: Tensor, weight: Tensor, bias: Tensor, widen_from: int) -> Tensor:
  dtype = x.dtype
  if widen_from > 0 and x.size(0) >= widen_from and dtype == 15:
    x = x.float()
    weight = weight.float()
    bias = bias.float()
  if bias.numel() == 0:
    return torch.linear(x, weight).to(dtype)
  return torch.linear(x, weight, bias).to(dtype)


def vocabulary_linear(x: Tensor, weight: Tensor) -> Tensor:
  return torch.linear(x, weight)


# weights.py names these, but no weight is packed.
def pack_weight(weight: Tensor) -> Tensor:
  return weight


def unpack_weight(weight: Tensor) -> Tensor:
  return weight
