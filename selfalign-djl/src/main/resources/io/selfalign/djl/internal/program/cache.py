# The keys and values of tokens, which attention reads again: blocks of consecutive tokens (layers, 2, K, T, D), and the KV
# cache of the rows that are decoded (layers, 2, rows, K, S, D).

class Decoder(Module):
  # Copies tokens [start, start + length) of a block; of all tokens it is the block itself, for nothing changes it.
  def slice_tokens(self: __torch__.Decoder, block: Tensor, start: int, length: int) -> Tensor:
    if start == 0 and length == block.size(3):
      return block
    return block.narrow(3, start, length).clone(memory_format=0)

  # Writes tokens [start, start + length) of a block into a row of the cache, from a slot on.
  def put(self: __torch__.Decoder, cache: Tensor, row: int, slot: int, block: Tensor, start: int, length: int) -> None:
    cache.select(2, row).narrow(3, slot, length).copy_(block.narrow(3, start, length))

  # Copies slots [start, start + length) of a row into a block.
  def slice_row(self: __torch__.Decoder, cache: Tensor, row: int, start: int, length: int) -> Tensor:
    return cache.select(2, row).narrow(3, start, length).clone(memory_format=0)

  # Copies the first slots of one row of the cache to another row.
  def move(self: __torch__.Decoder, cache: Tensor, source: int, target: int, length: int) -> None:
    cache.select(2, target).narrow(3, 0, length).copy_(cache.select(2, source).narrow(3, 0, length))

  # A cache of other dimensions with what fits of an earlier one.
  def resize(self: __torch__.Decoder, weights: List[Tensor], config: __torch__.Config, cache: Tensor, rows: int,
             slots: int) -> Tensor:
    like = __torch__.outer_weights(weights).embedding
    result = torch.zeros([config.layers, 2, rows, config.kv_heads, slots, config.head_size], dtype=like.dtype,
                         device=like.device)
    if cache.numel() > 0:
      r = min(rows, cache.size(2))
      n = min(slots, cache.size(4))
      result.narrow(2, 0, r).narrow(4, 0, n).copy_(cache.narrow(2, 0, r).narrow(4, 0, n))
    return result
