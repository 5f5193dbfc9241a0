# The values that every part of the program shares: the numbers of a model and the names of its weights.
#
# The parts together are the decoder of every supported model, as TorchScript source. They are the only place where the
# mathematics of the forward pass is written down. Java joins them (ProgramText), packs the text into a TorchScript archive,
# loads it into the engine and calls its methods. Every part may end with methods of the one class Decoder.
# TorchScript's dialect applies: functions are called through __torch__, data types are numbers (2 int16, 4 int64, 5 float16,
# 6 float32, 7 float64, 11 bool, 15 bfloat16).
#
#   model.py      numbers and weights by name                  forward.py    prefill and decode
#   weights.py    filling and changing the list of weights     sampling.py   logits, scores, the next token
#   layer.py      one layer around its attention               cache.py      the KV cache of rows
#   attention.py  attention over one set of keys               training.py   loss, gradients, AdamW
#   segments.py   attention to prefixes that rows share        lora.py       adapters
#   plain_linear.py or packed_linear.py: linear maps
#
# The program knows nothing of tokenizers, requests, schedules or files. It keeps no state: weights, keys and values are
# arguments.
#
# Names of sizes
#   T tokens of a prefill, R rows of a decoding step (one token each), S slots of a row in the KV cache
#   E width of the hidden states, V vocabulary, I inner width of the MLP
#   H query heads, K key/value heads, G = H / K query heads that share a key/value head, D size of a head

# What a checkpoint's configuration and the choice of kernels say. A method gets it as Java got it from configure.
class Config(NamedTuple):
  layers : int
  heads : int
  kv_heads : int
  head_size : int
  # Matrix multiplications of at least so many rows of bfloat16 are computed in float32; 0 for never.
  widen_from : int
  # Attention of bfloat16 with at least so many scores is made of matrix multiplications; 0 for never.
  matmul_attention_from : int
  norm_epsilon : float
  attention_scale : float
  embedding_multiplier : float
  residual_multiplier : float
  logits_divisor : float
  # What the sines and cosines of the rotary embedding are multiplied by.
  rotary_scaling : float
  # For each layer how many keys a query sees, itself included; 0 means all.
  windows : List[int]
  # For each layer 1 if it rotates queries and keys, 0 if not.
  rotary : List[int]


# sizes and scales are the numbers of Config in its order.
def config_of(sizes: List[int], scales: List[float], windows: List[int], rotary: List[int]) -> __torch__.Config:
  layers, heads, kv_heads, head_size, widen_from, matmul_attention_from = sizes
  norm_epsilon, attention_scale, embedding_multiplier, residual_multiplier, logits_divisor, rotary_scaling = scales
  return __torch__.Config(layers, heads, kv_heads, head_size, widen_from, matmul_attention_from, norm_epsilon,
                          attention_scale, embedding_multiplier, residual_multiplier, logits_divisor, rotary_scaling,
                          windows, rotary)


# The weights of a model are one list: four that are there once, then eleven of each layer. An empty tensor stands for what
# an architecture lacks. Java's enum Weight has the same names in the same order.

# The weights that are there once.
class OuterWeights(NamedTuple):
  embedding : Tensor  # (V, E), never packed
  final_norm : Tensor  # (E)
  vocabulary : Tensor  # (V, E), the embedding itself where they are tied
  inverse_frequencies : Tensor  # (D / 2), of the rotary embedding


def outer_weights(weights: List[Tensor]) -> __torch__.OuterWeights:
  embedding, final_norm, vocabulary, inverse_frequencies = weights[0:4]
  return __torch__.OuterWeights(embedding, final_norm, vocabulary, inverse_frequencies)


# A linear map, x W^T + bias, with what an adapter adds to it, dropped(x) A^T B^T.
class Linear(NamedTuple):
  weight : Tensor  # (outputs, inputs), perhaps packed
  bias : Tensor  # (outputs), or empty
  lora_a : Tensor  # (rank, inputs), or empty
  lora_b : Tensor  # (outputs, rank), scaled, or empty
  dropped : Tensor  # the elements of x that dropout sets to zero, (T, inputs); empty outside of training


# A layer's weights. Matrices that share an input are one, its rows in the order of the name.
class Layer(NamedTuple):
  input_norm : Tensor  # (E)
  query_key_value : __torch__.Linear  # ((H + 2 K) D, E)
  query_key_norm : Tensor  # (H + K, D), or empty
  output : __torch__.Linear  # (E, H D)
  post_attention_norm : Tensor  # (E)
  gate_up : __torch__.Linear  # (2 I, E)
  down : __torch__.Linear  # (E, I)


# The eleven weights of a layer, of the list of all.
def weights_of_layer(weights: List[Tensor], layer: int) -> List[Tensor]:
  return weights[4 + 11 * layer:15 + 11 * layer]


# weights: a layer's eleven; adapter: its eight tensors, see lora.py; dropped: what dropout sets to zero at the inputs of its
# four linear maps.
def layer_of(weights: List[Tensor], adapter: List[Tensor], dropped: List[Tensor]) -> __torch__.Layer:
  (input_norm, query_key_value, query_key_value_bias, query_key_norm, output, output_bias, post_attention_norm, gate_up,
   gate_up_bias, down, down_bias) = weights
  query_key_value_a, query_key_value_b, output_a, output_b, gate_up_a, gate_up_b, down_a, down_b = adapter
  query_key_value_dropped, output_dropped, gate_up_dropped, down_dropped = dropped
  return __torch__.Layer(
    input_norm,
    __torch__.Linear(query_key_value, query_key_value_bias, query_key_value_a, query_key_value_b, query_key_value_dropped),
    query_key_norm,
    __torch__.Linear(output, output_bias, output_a, output_b, output_dropped),
    post_attention_norm,
    __torch__.Linear(gate_up, gate_up_bias, gate_up_a, gate_up_b, gate_up_dropped),
    __torch__.Linear(down, down_bias, down_a, down_b, down_dropped))


class Decoder(Module):
  # The configuration as other methods take it.
  def configure(self: __torch__.Decoder, sizes: List[int], scales: List[float], windows: List[int],
                rotary: List[int]) -> __torch__.Config:
    return __torch__.config_of(sizes, scales, windows, rotary)
