# The forward pass of generation and scoring: prefill of many tokens, decode of one token a row.

class Decoder(Module):
  # Runs whole pieces of text, each a sequence of its own after the segments it sees, or, with ends, a tree of tokens, see
  # tree_masks. piece_lengths sum to T; select has the indices of N tokens; segments: see segments.py.
  # Returns the final normalised hidden states of the selected tokens (N, E) and all keys and values (layers, 2, K, T, D).
  def prefill(self: __torch__.Decoder, weights: List[Tensor], config: __torch__.Config, adapter: List[Tensor],
              tokens: List[int], positions: List[int], piece_lengths: List[int], ends: List[int], segments: List[Tensor],
              segment_starts: List[int], segment_rows: List[int], segment_counts: List[int],
              select: List[int]) -> List[Tensor]:
    outer = __torch__.outer_weights(weights)
    device = outer.embedding.device
    t = len(tokens)
    at_positions = torch.tensor(positions, dtype=4, device=device)
    x = __torch__.embed(torch.tensor(tokens, dtype=4, device=device), outer.embedding, config)
    rotation = __torch__.rotary_tables(at_positions, outer.inverse_frequencies, config, x.dtype)
    pieces = __torch__.pieces_of(piece_lengths, ends, at_positions, config)
    seen = __torch__.segments_of(segments, segment_starts, segment_rows, segment_counts, at_positions, config)
    undropped = __torch__.no_dropout(device)
    kept = torch.empty([config.layers, 2, config.kv_heads, t, config.head_size], dtype=x.dtype, device=device)
    for layer in range(config.layers):
      own = __torch__.layer_of(__torch__.weights_of_layer(weights, layer), __torch__.adapter_of_layer(adapter, layer),
                               undropped)
      query, key, value = __torch__.project(x, own, layer, rotation, config)
      here = kept[layer]
      here[0].copy_(key.transpose(0, 1))
      here[1].copy_(value.transpose(0, 1))
      out, denominator = __torch__.attend_within_pieces(query, here[0], here[1], pieces, layer, config)
      if len(segments) > 0:
        out = __torch__.attend_to_segments(query, out, denominator, layer, seen, config)
      x = __torch__.finish(x, out.reshape([t, config.heads * config.head_size]), own, config)
    selected = x.index_select(0, torch.tensor(select, dtype=4, device=device))
    return [__torch__.rms_norm(selected, outer.final_norm, config.norm_epsilon), kept]

  # One token for each of R rows. cache (layers, 2, rows, K, S, D) holds each row's own keys and values, at least R rows
  # of at least max(lengths) slots; lengths count the row's own tokens with this one, whose key and value are written into
  # the cache. Returns the final normalised hidden states (R, E).
  def decode(self: __torch__.Decoder, weights: List[Tensor], config: __torch__.Config, adapter: List[Tensor],
             tokens: List[int], positions: List[int], lengths: List[int], cache: Tensor, segments: List[Tensor],
             segment_starts: List[int], segment_rows: List[int], segment_counts: List[int]) -> Tensor:
    outer = __torch__.outer_weights(weights)
    device = outer.embedding.device
    r = len(tokens)
    longest = max(lengths)
    at_positions = torch.tensor(positions, dtype=4, device=device)
    own_lengths = torch.tensor(lengths, dtype=4, device=device)
    x = __torch__.embed(torch.tensor(tokens, dtype=4, device=device), outer.embedding, config)
    rotation = __torch__.rotary_tables(at_positions, outer.inverse_frequencies, config, x.dtype)
    first_slots = torch.arange(r * config.kv_heads, device=device).view([r, config.kv_heads]) * cache.size(4)
    written = (first_slots + own_lengths.unsqueeze(1) - 1).flatten()
    slot = torch.arange(longest, device=device).unsqueeze(0)
    visible = slot < own_lengths.unsqueeze(1)
    mask: Optional[Tensor] = None
    if min(lengths) < longest:
      mask = __torch__.additive(visible).unsqueeze(1).unsqueeze(1)
    windowed_mask: Optional[Tensor] = mask
    window = max(config.windows)
    if window > 0 and longest > window:
      in_window = torch.logical_and(visible, slot >= (own_lengths - window).unsqueeze(1))
      windowed_mask = __torch__.additive(in_window).unsqueeze(1).unsqueeze(1)
    seen = __torch__.segments_of(segments, segment_starts, segment_rows, segment_counts, at_positions, config)
    undropped = __torch__.no_dropout(device)
    for layer in range(config.layers):
      own = __torch__.layer_of(__torch__.weights_of_layer(weights, layer), __torch__.adapter_of_layer(adapter, layer),
                               undropped)
      query, key, value = __torch__.project(x, own, layer, rotation, config)
      here = cache[layer]
      places = here.view([2, -1, config.head_size])
      places[0].index_copy_(0, written, key.flatten(0, 1))
      places[1].index_copy_(0, written, value.flatten(0, 1))
      cached = here.narrow(1, 0, r).narrow(3, 0, longest)
      layer_mask: Optional[Tensor] = mask
      if config.windows[layer] > 0:
        layer_mask = windowed_mask
      out, denominator = __torch__.attend(query, cached[0], cached[1], layer_mask, False, config.attention_scale)
      if len(segments) > 0:
        out = __torch__.attend_to_segments(query, out, denominator, layer, seen, config)
      x = __torch__.finish(x, out.reshape([r, config.heads * config.head_size]), own, config)
    return __torch__.rms_norm(x, outer.final_norm, config.norm_epsilon)
