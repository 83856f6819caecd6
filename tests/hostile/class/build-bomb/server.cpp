// A few lines that cost a compiler all the memory it can get: each level instantiates the one below twice.
template <int Level, class... Path>
struct Bomb {
  using Left = typename Bomb<Level - 1, Path..., int>::Left;
  using Right = typename Bomb<Level - 1, Path..., long>::Left;
};
template <class... Path>
struct Bomb<0, Path...> {
  using Left = int;
};
int main() {
  return sizeof(Bomb<64>::Left);
}
