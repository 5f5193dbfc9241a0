package io.selfalign.examples.miniature;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Small tasks on a list of words that have one right result. */
enum WordTask {
  SORT {
    @Override
    String solve(List<String> words) {
      return words.stream().sorted().collect(Collectors.joining(", "));
    }
  },
  FIRST {
    @Override
    String solve(List<String> words) {
      return words.get(0);
    }
  },
  LAST {
    @Override
    String solve(List<String> words) {
      return words.get(words.size() - 1);
    }
  },
  COUNT {
    @Override
    String solve(List<String> words) {
      return String.valueOf(words.size());
    }
  },
  CAPITALS {
    @Override
    String solve(List<String> words) {
      return String.join(", ", words).toUpperCase(Locale.ROOT);
    }
  },
  BACKWARDS {
    @Override
    String solve(List<String> words) {
      List<String> reversed = new ArrayList<>(words);
      Collections.reverse(reversed);
      return String.join(", ", reversed);
    }
  };

  abstract String solve(List<String> words);
}
