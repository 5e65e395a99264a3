// The checks of these tests. The first check that fails ends the program: later ones are less
// useful. It throws nothing, so that parts without exceptions can use it.
#ifndef TENURE_TESTS_CHECK_HPP
#define TENURE_TESTS_CHECK_HPP

#include <tenure.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace check {

// Long enough for a busy machine; nothing waits that long when all is well.
inline constexpr std::chrono::seconds limit{20};

struct test {
    const char *name;
    void (*body)();
};

inline std::vector<test> &all()
{
    static std::vector<test> tests;
    return tests;
}

struct enter {
    enter(const char *name, void (*body)()) { all().push_back({name, body}); }
};

inline void that(bool holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    std::printf("%s:%d: does not hold: %s\n", file, line, what);
    std::fflush(stdout);
    std::_Exit(1);
}

// Values that callbacks report, for the test to wait for.
template <class T> class inbox {
public:
    void put(T thing)
    {
        const std::lock_guard<std::mutex> hold(lock_);
        things_.push_back(std::move(thing));
        changed_.notify_all();
    }

    // No value if none came in time.
    std::optional<T> take(std::chrono::milliseconds patience = limit)
    {
        std::unique_lock<std::mutex> hold(lock_);
        if (!changed_.wait_for(hold, patience, [&] { return !things_.empty(); }))
            return std::nullopt;
        T first = std::move(things_.front());
        things_.pop_front();
        return first;
    }

    std::size_t size()
    {
        const std::lock_guard<std::mutex> hold(lock_);
        return things_.size();
    }

private:
    std::mutex lock_;
    std::condition_variable changed_;
    std::deque<T> things_;
};

template <class T> std::shared_ptr<inbox<T>> make_inbox() { return std::make_shared<inbox<T>>(); }

// Reports the end of its last copy: a callback holds it until it is destroyed.
inline std::shared_ptr<void> witness(std::shared_ptr<inbox<int>> gone)
{
    return {nullptr, [gone](void *) { gone->put(1); }};
}

} // namespace check

#define CHECK(condition) check::that(static_cast<bool>(condition), #condition, __FILE__, __LINE__)
#define TEST(name)                                                                                   \
    static void test_##name();                                                                       \
    static const check::enter enter_##name(#name, test_##name);                                      \
    static void test_##name()

#endif // TENURE_TESTS_CHECK_HPP
