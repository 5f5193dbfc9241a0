# One layer but for its attention: project comes before, finish after. What differs between architectures has one place
# each: norm placement (block_input, add_block), QK norm (normalize_heads), position encoding (rotary_tables,
# encode_positions), activation (gated). Biases are in the linear maps, where an empty one is none.

def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
  h = x.float()
  h = h * torch.rsqrt(torch.mean(h * h, [-1], True) + eps)
  return h.to(x.dtype) * weight


# What one of a layer's two blocks, attention and MLP, reads: the residual stream, normalised.
def block_input(stream: Tensor, norm: Tensor, config: __torch__.Config) -> Tensor:
  return __torch__.rms_norm(stream, norm, config.norm_epsilon)


# The residual stream after a block.
def add_block(stream: Tensor, block: Tensor, config: __torch__.Config) -> Tensor:
  return torch.add(stream, block, alpha=config.residual_multiplier)


# Queries and keys (T, H + K, D), each head normalised where the architecture does so.
def normalize_heads(x: Tensor, norm: Tensor, config: __torch__.Config) -> Tensor:
  if norm.numel() > 0:
    x = __torch__.rms_norm(x, norm, config.norm_epsilon)
  return x


# What encode_positions needs, for all layers of a call: cos and sin (T, 1, D), the latter with a minus sign in its first
# half.
class Rotation(NamedTuple):
  cos : Tensor
  sin : Tensor


def rotary_tables(positions: Tensor, inverse_frequencies: Tensor, config: __torch__.Config, dtype: int) -> __torch__.Rotation:
  angles = positions.float().unsqueeze(1) * inverse_frequencies.unsqueeze(0)
  cos = (torch.cos(angles) * config.rotary_scaling).to(dtype)
  sin = (torch.sin(angles) * config.rotary_scaling).to(dtype)
  return __torch__.Rotation(torch.cat([cos, cos], -1).unsqueeze(1), torch.cat([-sin, sin], -1).unsqueeze(1))


# Queries and keys (T, H + K, D) in layers that rotate them: x * cos + (-x2, x1) * sin for x = (x1, x2), by halves, written
# as a roll.
def encode_positions(x: Tensor, layer: int, rotation: __torch__.Rotation, config: __torch__.Config) -> Tensor:
  if config.rotary[layer] != 0:
    x = torch.addcmul(x * rotation.cos, torch.roll(x, [x.size(-1) // 2], [-1]), rotation.sin)
  return x


# The MLP's inner values of gate and up (T, 2 I), one beside the other.
def gated(gate_up: Tensor) -> Tensor:
  half = gate_up.size(-1) // 2
  return torch.silu(gate_up.narrow(-1, 0, half)) * gate_up.narrow(-1, half, half)


# A linear map with its adapter.
def apply_linear(x: Tensor, linear: __torch__.Linear, config: __torch__.Config) -> Tensor:
  y = __torch__.linear(x, linear.weight, linear.bias, config.widen_from)
  if linear.lora_a.numel() == 0:
    return y
  if linear.dropped.numel() > 0:
    x = x.masked_fill(linear.dropped, 0.0)
  return torch.addmm(y, torch.linear(x, linear.lora_a), linear.lora_b.t())


# The part of a layer before attention. x (T, E); returns query (T, K, G, D), key (T, K, D) and value (T, K, D).
def project(x: Tensor, weights: __torch__.Layer, layer: int, rotation: __torch__.Rotation,
            config: __torch__.Config) -> Tuple[Tensor, Tensor, Tensor]:
  heads = config.heads
  kv_heads = config.kv_heads
  qkv = __torch__.apply_linear(__torch__.block_input(x, weights.input_norm, config), weights.query_key_value, config)
  qkv = qkv.view([x.size(0), heads + 2 * kv_heads, config.head_size])
  qk = __torch__.normalize_heads(qkv.narrow(1, 0, heads + kv_heads), weights.query_key_norm, config)
  qk = __torch__.encode_positions(qk, layer, rotation, config)
  query = qk.narrow(1, 0, heads).unflatten(1, [kv_heads, heads // kv_heads])
  return (query, qk.narrow(1, heads, kv_heads), qkv.narrow(1, heads + kv_heads, kv_heads))


# The part of a layer after attention, whose output is attended (T, H D): output projection and MLP.
def finish(x: Tensor, attended: Tensor, weights: __torch__.Layer, config: __torch__.Config) -> Tensor:
  x = __torch__.add_block(x, __torch__.apply_linear(attended, weights.output, config), config)
  h = __torch__.apply_linear(__torch__.block_input(x, weights.post_attention_norm, config), weights.gate_up, config)
  return __torch__.add_block(x, __torch__.apply_linear(__torch__.gated(h), weights.down, config), config)


def embed(tokens: Tensor, embedding: Tensor, config: __torch__.Config) -> Tensor:
  x = torch.embedding(embedding, tokens)
  if config.embedding_multiplier != 1.0:
    x = x * config.embedding_multiplier
  return x
